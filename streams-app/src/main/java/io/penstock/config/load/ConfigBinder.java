package io.penstock.config.load;

import io.penstock.config.ControlConfig;
import io.penstock.config.DataSize;
import io.penstock.config.HttpConfig;
import io.penstock.config.InferenceConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.Syntax;
import io.penstock.config.kafka.KafkaKeys;
import io.penstock.config.section.Passed;
import io.penstock.config.section.Section;
import io.penstock.config.section.Setting;
import io.penstock.registry.RegistrySettings;
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
                  "Where the schema registry is. Several are tried in turn.")),
          (key, value, shown) -> Optional.empty(),
          values -> {
            var unused = RegistrySettings.of(values);
          });

  private final Path folder;
  private final int processors;
  private final long heapBytes;

  /** A binder that resolves paths against {@code folder}, the one that the file is in. */
  ConfigBinder(Path folder, int processors, long heapBytes) {
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
    var pipelines = new PipelineBinder(models.keySet(), service.valid()).bind(root);
    var http = http(root.section("http"));
    return root.build(
        () ->
            new PenstockConfig(
                service.get(),
                kafka.get(),
                registry.get(),
                control.get(),
                inference.get(),
                values(models),
                values(pipelines),
                http.get()));
  }

  private static Setting<ControlConfig> control(Section section) {
    section.notYet("max-staleness");
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
                + " 3 × `heartbeat-interval`.");
    var prepare =
        section.optional(
            "prepare-timeout",
            ControlConfig.PREPARE_TIMEOUT,
            "5m",
            "How long a promotion waits until every instance is ready.");
    return section.build(() -> new ControlConfig(heartbeat.get(), liveness.get(), prepare.get()));
  }

  private Setting<InferenceConfig> inference(Section section) {
    var threads =
        section.optional(
            "threads",
            InferenceConfig.THREADS,
            Integer.toString(Math.max(2, processors)),
            "the machine's processors, at least 2",
            "How many batches run at the same time. With two or more, slow models leave one thread to"
                + " the others.");
    var inFlight =
        section.optional(
            "max-in-flight-bytes",
            InferenceConfig.MAX_IN_FLIGHT_BYTES,
            DataSize.ofMebibytes(Math.max(1, heapBytes >> 22)).toString(),
            "a quarter of the heap",
            "The most bytes of records that are being computed, over all pipelines. A stream thread"
                + " that has none is not held up.");
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
            "How long a model may take for one batch. Past it the version is not run any more and"
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
            "How many versions are loaded and warmed up at the same time, over all models. Each takes"
                + " up to a processor from inference meanwhile.");
    var nativeMemory =
        section.optional(
            "native-memory",
            InferenceConfig.NATIVE_MEMORY,
            "unlimited",
            "How much native memory the loaded versions may take together, by an estimate from their"
                + " files. A version that does not fit is refused.");
    return section.build(
        () ->
            new InferenceConfig(
                threads.get(),
                inFlight.get(),
                intraOp.get(),
                interOp.get(),
                runTimeout.get(),
                maxAbandoned.get(),
                loadThreads.get(),
                nativeMemory.get()));
  }

  private static Setting<HttpConfig> http(Section section) {
    var listen =
        section.optional(
            "listen", HttpConfig.LISTEN, "127.0.0.1:8080", "Where the admin HTTP server listens.");
    section.optional(
        "request-apis",
        HttpConfig.REQUEST_APIS,
        "false",
        "Predictions by request, beside streams: none in this release.");
    return section.build(() -> new HttpConfig(listen.get()));
  }

  private static <T> Map<String, T> values(Map<String, Setting<T>> settings) {
    Map<String, T> values = new LinkedHashMap<>();
    settings.forEach((name, setting) -> values.put(name, setting.get()));
    return values;
  }
}
