package io.penstock.config.load;

import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.config.ControlConfig;
import io.penstock.config.DataSize;
import io.penstock.config.GrpcConfig;
import io.penstock.config.HttpConfig;
import io.penstock.config.InferenceConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.RequestsConfig;
import io.penstock.config.Syntax;
import io.penstock.config.kafka.CommitTimes;
import io.penstock.config.kafka.KafkaKeys;
import io.penstock.config.section.Absent;
import io.penstock.config.section.Passed;
import io.penstock.config.section.Section;
import io.penstock.config.section.Setting;
import io.penstock.registry.RegistrySettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Every key there is, with its default and its meaning: here, and for their sections in {@link
 * ModelBinder} and {@link PipelineBinder}. Nowhere else is any of them written.
 */
final class ConfigBinder {

  private static final Passed KAFKA =
      new Passed(
          Map.of(
              "bootstrap.servers",
              new Passed.Known(
                  Syntax.matching(
                      Pattern.compile("[^,\\s]+:[0-9]{1,5}(\\s*,\\s*[^,\\s]+:[0-9]{1,5})*"),
                      "host:port, several with commas"),
                  "Where the cluster is. Inputs, outputs and control topics live in this one.")),
          KafkaKeys::remark,
          values -> {});

  private static final Passed REGISTRY =
      new Passed(
          Map.of(
              "schema.registry.url",
              new Passed.Known(
                  Syntax.text("a URL, several with commas"),
                  new Absent("none, where nothing is in Avro"),
                  "Where the schema registry is. Several are tried in turn.")),
          (key, value, shown) -> Optional.empty(),
          values -> {
            if (!values.isEmpty()) {
              var unused = RegistrySettings.of(values);
            }
          });

  private final FormatCatalog formats;
  private final Path folder;
  private final int processors;
  private final long heapBytes;

  /** A binder that resolves paths against {@code folder}, the one that the file is in. */
  ConfigBinder(FormatCatalog formats, Path folder, int processors, long heapBytes) {
    this.formats = formats;
    this.folder = folder;
    this.processors = processors;
    this.heapBytes = heapBytes;
  }

  Setting<PenstockConfig> bind(Section root) {
    var service =
        root.required(
            "service",
            PenstockConfig.SERVICE,
            "Prefix of application ids, client ids, transactional ids and the control topics.");
    var kafka = root.texts("kafka", KAFKA);
    var registry = root.texts("registry", REGISTRY);
    var control = control(root.section("control"));
    var inference = inference(root.section("inference"));
    var models = new ModelBinder(folder).bind(root);
    var pipelines =
        new PipelineBinder(formats, folder, models.keySet(), service.valid()).bind(root);
    var http = http(root.section("http"));
    var requests = requests(root.section("requests"));
    return root.build(
        () -> {
          PenstockConfig config =
              new PenstockConfig(
                  service.get(),
                  kafka.get(),
                  registry.get(),
                  control.get(),
                  inference.get(),
                  values(models),
                  values(pipelines),
                  http.get(),
                  requests.get());
          CommitTimes.require(config);
          return config;
        });
  }

  private static Setting<ControlConfig> control(Section section) {
    var heartbeat =
        section.optional(
            "heartbeat-interval",
            ControlConfig.HEARTBEAT_INTERVAL,
            "1s",
            "How often an instance reports that it is alive.");
    var liveness =
        section.optional(
            "liveness-timeout",
            ControlConfig.LIVENESS_TIMEOUT,
            "10s",
            "After how long without a report a promotion no longer waits for an instance. At least"
                + " 3 × `heartbeat-interval`. The same in all instances, whose clocks may differ by"
                + " ten times as much.");
    var prepare =
        section.optional(
            "prepare-timeout",
            ControlConfig.PREPARE_TIMEOUT,
            "5m",
            "How long a promotion waits until every instance is ready.");
    var retention =
        section.optional(
            "retain-for",
            ControlConfig.RETAIN_FOR,
            "1h",
            "How long after the time that a promotion is effective from the version before still"
                + " serves records from before it. Until then both versions are loaded.");
    var stragglers =
        section.optional(
            "stragglers",
            ControlConfig.STRAGGLERS,
            "new-version",
            "What becomes of records from before that time which come later: the `new-version`"
                + " serves them, or each becomes a `dead-letter` (`STRAGGLER`). The same in all"
                + " instances.");
    var staleness =
        section.optional(
            "max-staleness",
            ControlConfig.MAX_STALENESS,
            "15s",
            "How long an instance may be cut off from the fleet's decisions before `when-stale`"
                + " applies. No record is computed by a version that the fleet has left for longer,"
                + " but with `go-on`. The same in all instances: the controller counts on its"
                + " own.");
    var whenStale =
        section.optional(
            "when-stale",
            ControlConfig.WHEN_STALE,
            "pause",
            "What it does then: `pause` its pipelines until it knows again, or `go-on` with the"
                + " versions that it knows. One that goes on while it is cut off keeps no"
                + " `effectiveFrom` that it has not heard of.");
    return section.build(
        () ->
            new ControlConfig(
                heartbeat.get(),
                liveness.get(),
                prepare.get(),
                retention.get(),
                stragglers.get(),
                staleness.get(),
                whenStale.get()));
  }

  private Setting<InferenceConfig> inference(Section section) {
    var threads =
        section.optional(
            "threads",
            InferenceConfig.THREADS,
            Integer.toString(Math.max(2, processors)),
            "the machine's processors, at least 2",
            "How many batches run at the same time. With two or more, slow models leave one thread"
                + " to the others.");
    var inFlightRows =
        section.optional(
            "max-in-flight-rows",
            InferenceConfig.MAX_IN_FLIGHT_ROWS,
            "100000",
            "The most records that are being computed, over all pipelines. A stream thread that has"
                + " none is not held up.");
    var inFlight =
        section.optional(
            "max-in-flight-bytes",
            InferenceConfig.MAX_IN_FLIGHT_BYTES,
            DataSize.ofMebibytes(Math.max(1, heapBytes >> 22)).toString(),
            "a quarter of the heap",
            "The most bytes of such records.");
    var intraOp =
        section.optional(
            "intra-op-threads",
            InferenceConfig.INTRA_OP_THREADS,
            "1",
            "TensorFlow's threads within one operation, one pool for all models.");
    var interOp =
        section.optional(
            "inter-op-threads",
            InferenceConfig.INTER_OP_THREADS,
            "-1",
            "TensorFlow's threads for operations of one batch; `-1` runs them on the inference"
                + " thread itself.");
    var runTimeout =
        section.optional(
            "run-timeout",
            InferenceConfig.RUN_TIMEOUT,
            "30s",
            "How long a model may take for one batch, at most three quarters of what a commit of"
                + " its pipeline can wait: 5.6 s under `exactly_once_v2`, unless"
                + " `transaction.timeout.ms` is raised. Past it the version is not run any more and"
                + " its pipeline stops: a run cannot be cut.");
    var maxAbandoned =
        section.optional(
            "max-abandoned-threads",
            InferenceConfig.MAX_ABANDONED_THREADS,
            "2",
            "How many threads may be stuck in such runs, each replaced by another. One more, and"
                + " the process ends.");
    var loadThreads =
        section.optional(
            "load-threads",
            InferenceConfig.LOAD_THREADS,
            "1",
            "How many versions are loaded and warmed up at the same time, over all models. Each"
                + " takes up to a processor from inference meanwhile.");
    var nativeMemory =
        section.optional(
            "native-memory",
            InferenceConfig.NATIVE_MEMORY,
            "unlimited",
            "How much native memory the loaded versions may take together, by an estimate from"
                + " their files and from what loads took; what the process has grown by beside that"
                + " counts too. A version that does not fit is refused.");
    return section.build(
        () ->
            new InferenceConfig(
                threads.get(),
                inFlightRows.get(),
                inFlight.get(),
                intraOp.get(),
                interOp.get(),
                runTimeout.get(),
                maxAbandoned.get(),
                loadThreads.get(),
                nativeMemory.get()));
  }

  private Setting<HttpConfig> http(Section section) {
    var listen =
        section.optional(
            "listen", HttpConfig.LISTEN, "127.0.0.1:8080", "Where the admin HTTP server listens.");
    var tls = tls(section.section("tls"));
    var tokenFile =
        section.optional(
            "token-file",
            Syntax.text("a file"),
            new Absent("none: everybody is answered"),
            "The file with the token that callers send as `Authorization: Bearer …`; only"
                + " `/health/…` is answered without. Read anew for each request. Relative to the"
                + " configuration's folder.");
    return section.build(
        () ->
            new HttpConfig(
                listen.get(), tls.get(), tokenFile.get().map(file -> resolve("token-file", file))));
  }

  private Setting<Optional<HttpConfig.Tls>> tls(Section section) {
    Stored keystore =
        stored(
            section,
            "keystore",
            new Absent("none: plain HTTP"),
            "The keystore with the server's certificate and key, PKCS12 or JKS; with it the server"
                + " speaks HTTPS only. Relative to the configuration's folder.",
            "The password of the keystore and of its key.");
    return section.build(keystore::get);
  }

  /** A store of keys or certificates, and its password. */
  private Stored stored(
      Section section, String key, Absent absent, String meaning, String passwordMeaning) {
    return new Stored(
        key,
        section.optional(key, Syntax.text("a file"), absent, meaning),
        section.secret(
            key + "-password", Syntax.text("a password"), new Absent("none"), passwordMeaning));
  }

  /** A file and its password, which come together or not at all. */
  private final class Stored {
    private final String key;
    private final Setting<Optional<String>> file;
    private final Setting<Optional<String>> password;

    Stored(String key, Setting<Optional<String>> file, Setting<Optional<String>> password) {
      this.key = key;
      this.file = file;
      this.password = password;
    }

    Optional<HttpConfig.Tls> get() {
      if (file.get().isPresent() != password.get().isPresent()) {
        throw new IllegalArgumentException(
            file.get().isPresent()
                ? key + "-password: missing (expected: beside " + key + ")"
                : key + ": missing (expected: beside " + key + "-password)");
      }
      return file.get().map(path -> new HttpConfig.Tls(resolve(key, path), password.get().get()));
    }
  }

  private Setting<Optional<GrpcConfig>> grpc(Section section) {
    var listen =
        section.optional(
            "listen",
            HttpConfig.LISTEN,
            new Absent("none: no gRPC"),
            "Where predictions are answered over gRPC as TensorFlow Serving does, such as"
                + " `127.0.0.1:8500`; with health and reflection.");
    Section tls = section.section("tls");
    Stored keystore =
        stored(
            tls,
            "keystore",
            new Absent("`http.tls.keystore`"),
            "The keystore with the server's certificate and key, PKCS12 or JKS; with it the server"
                + " speaks TLS only. Relative to the configuration's folder.",
            "The password of the keystore and of its key.");
    Stored truststore =
        stored(
            tls,
            "truststore",
            new Absent("none: clients show no certificate"),
            "The truststore with the certificates of clients or of who signs them: with it a client"
                + " has to show one. Relative to the configuration's folder.",
            "The password of the truststore.");
    var tlsSettings = tls.build(() -> new Tls(keystore.get(), truststore.get()));
    var tokenFile =
        section.optional(
            "token-file",
            Syntax.text("a file"),
            new Absent("`http.token-file`"),
            "The file with the token that callers send as `authorization: Bearer …`; only health is"
                + " answered without. Read anew for each request. Relative to the configuration's"
                + " folder.");
    return section.build(
        () -> {
          Optional<Path> token = tokenFile.get().map(file -> resolve("token-file", file));
          Tls stores = tlsSettings.get();
          boolean isAlone =
              token.isPresent() || stores.own().isPresent() || stores.clients().isPresent();
          if (listen.get().isEmpty() && isAlone) {
            throw new IllegalArgumentException(
                "listen: missing (expected: an address such as 127.0.0.1:8500, beside tls and"
                    + " token-file)");
          }
          return listen
              .get()
              .map(address -> new GrpcConfig(address, stores.own(), stores.clients(), token));
        });
  }

  /** What a server shows, and what it asks clients to show. */
  private record Tls(Optional<HttpConfig.Tls> own, Optional<HttpConfig.Tls> clients) {}

  private Setting<RequestsConfig> requests(Section section) {
    var rest =
        section.optional(
            "rest",
            RequestsConfig.REST,
            new Absent("`admin` where `http.listen` is a loopback address, else `none`"),
            "Where predictions are answered over REST as TensorFlow Serving does: on the `admin`"
                + " server, on a port of its own with the admin server's certificate and token, or"
                + " nowhere.");
    var grpc = grpc(section.section("grpc"));
    Section batch = section.section("batch");
    var rows =
        batch.optional(
            "rows",
            RequestsConfig.ROWS,
            "128",
            "The most rows that are run at once: of several requests for one model, never of a"
                + " stream. A request with more is split.");
    var bytes =
        batch.optional(
            "bytes",
            RequestsConfig.BYTES,
            "16MiB",
            "The most bytes of inputs that are run at once.");
    var allowedSizes =
        batch.list(
            "allowed-sizes",
            RequestsConfig.ROWS,
            new Absent("any size"),
            "The sizes that batches are run at, the last being `rows`: smaller ones are padded. A"
                + " list.");
    var linger =
        batch.optional(
            "linger",
            RequestsConfig.LINGER,
            "2ms",
            "How long a row may wait for others. A bound: where nothing runs and no more come, it"
                + " does not wait.");
    var share =
        section.optional(
            "share",
            RequestsConfig.SHARE,
            "1",
            "The weight of the requests for each model on the inference threads, beside the"
                + " pipelines' `share`.");
    var maxQueuedRows =
        section.optional(
            "max-queued-rows",
            RequestsConfig.MAX_QUEUED_ROWS,
            "8192",
            "The most rows for one model that wait or are computed. Requests beyond are refused at"
                + " once with 503; a request that alone has more, with 413.");
    var maxQueued =
        section.optional(
            "max-queued-bytes",
            RequestsConfig.MAX_QUEUED_BYTES,
            "64MiB",
            "The same in bytes: of bodies as they come, of what is made of them, and of outputs"
                + " until they are taken. A list of ones takes up to five times its text while it"
                + " is read; outputs take twice their bytes and their text.");
    var maxBody =
        section.optional(
            "max-body", RequestsConfig.MAX_BODY, "16MiB", "The most bytes of one request.");
    var timeout =
        section.optional(
            "timeout",
            RequestsConfig.TIMEOUT,
            "30s",
            "How long a request may take, from its head to its answer. Then it is answered with"
                + " 504, and not run if it has not been; with 408 if its body has not come by"
                + " then.");
    var batching =
        batch.build(
            () ->
                new RequestsConfig.Batching(
                    rows.get(), allowedSizes.get(), bytes.get(), linger.get()));
    return section.build(
        () ->
            new RequestsConfig(
                rest.get(),
                grpc.get(),
                batching.get(),
                share.get(),
                maxQueuedRows.get(),
                maxQueued.get(),
                maxBody.get(),
                timeout.get()));
  }

  private Path resolve(String key, String path) {
    try {
      return folder.resolve(path).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(key + ": " + path + " (expected: a file)", e);
    }
  }

  private static <T> Map<String, T> values(Map<String, Setting<T>> settings) {
    Map<String, T> values = new LinkedHashMap<>();
    settings.forEach((name, setting) -> values.put(name, setting.get()));
    return values;
  }
}
