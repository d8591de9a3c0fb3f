package io.penstock.config.load;

import io.penstock.config.BatchConfig;
import io.penstock.config.ControlConfig;
import io.penstock.config.ControlTopics;
import io.penstock.config.HttpConfig;
import io.penstock.config.InferenceConfig;
import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.StartFrom;
import io.penstock.config.Syntax;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Every key there is, with its default. The only place where either is written. */
final class ConfigBinder {

  private static final Syntax<String> BOOTSTRAP_SERVERS =
      Syntax.matching(
          Pattern.compile("[^,\\s]+:[0-9]{1,5}(\\s*,\\s*[^,\\s]+:[0-9]{1,5})*"),
          "host:port, several with commas");

  private final Path folder;
  private final int processors;

  /** A binder that resolves paths against {@code folder}, the one that the file is in. */
  ConfigBinder(Path folder, int processors) {
    this.folder = folder;
    this.processors = processors;
  }

  Setting<PenstockConfig> bind(Section root) {
    var service = root.required("service", PenstockConfig.SERVICE);
    var kafka = kafka(root);
    var registry = registry(root);
    var control = control(root.section("control"));
    var inference = inference(root.section("inference"));
    var models = models(root);
    var pipelines = pipelines(root, models.keySet(), service.valid());
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

  private static Setting<Map<String, String>> kafka(Section root) {
    return root.texts(
        "kafka", KafkaKeys::objection, Map.of("bootstrap.servers", BOOTSTRAP_SERVERS));
  }

  private static Setting<Map<String, String>> registry(Section root) {
    return root.texts(
        "registry",
        (key, value, shown) -> Optional.empty(),
        Map.of("schema.registry.url", Syntax.text("a URL, several with commas")));
  }

  private static Setting<ControlConfig> control(Section section) {
    var maxStaleness = section.optional("max-staleness", ControlConfig.MAX_STALENESS, "15s");
    var heartbeat = section.optional("heartbeat-interval", ControlConfig.HEARTBEAT_INTERVAL, "1s");
    var liveness = section.optional("liveness-timeout", ControlConfig.LIVENESS_TIMEOUT, "10s");
    var prepare = section.optional("prepare-timeout", ControlConfig.PREPARE_TIMEOUT, "5m");
    return section.build(
        () ->
            new ControlConfig(maxStaleness.get(), heartbeat.get(), liveness.get(), prepare.get()));
  }

  private Setting<InferenceConfig> inference(Section section) {
    var threads =
        section.optional("threads", InferenceConfig.THREADS, Integer.toString(processors));
    var intraOp = section.optional("intra-op-threads", InferenceConfig.INTRA_OP_THREADS, "1");
    var interOp = section.optional("inter-op-threads", InferenceConfig.INTER_OP_THREADS, "-1");
    var memory = section.optional("native-memory", InferenceConfig.NATIVE_MEMORY, "unlimited");
    return section.build(
        () -> new InferenceConfig(threads.get(), intraOp.get(), interOp.get(), memory.get()));
  }

  private Map<String, Setting<ModelConfig>> models(Section root) {
    Map<String, Setting<ModelConfig>> models = new LinkedHashMap<>();
    root.sections("models", ModelConfig.NAME)
        .forEach((name, section) -> models.put(name, model(section)));
    return models;
  }

  private Setting<ModelConfig> model(Section section) {
    var path = section.required("path", Syntax.text("a folder"));
    var complete = section.optional("complete-when", ModelConfig.COMPLETE_WHEN, "settled");
    var settle = section.optional("settle", ModelConfig.SETTLE, "2s");
    var poll = section.optional("poll-interval", ModelConfig.POLL_INTERVAL, "1s");
    var versions = versions(section.section("versions"));
    var promotion = section.optional("promotion", ModelConfig.PROMOTION, "manual");
    var loadTimeout = loadTimeout(section.section("fitness"));
    return section.build(
        () ->
            new ModelConfig(
                resolve(path.get()),
                complete.get(),
                settle.get(),
                poll.get(),
                versions.get(),
                promotion.get(),
                loadTimeout.get()));
  }

  private Path resolve(String path) {
    try {
      return folder.resolve(path).normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("path: " + path + " (expected: a folder)", e);
    }
  }

  private static Setting<ModelConfig.Versions> versions(Section section) {
    section.optional("policy", ModelConfig.Versions.POLICY, "latest");
    var count = section.optional("count", ModelConfig.Versions.COUNT, "1");
    return section.build(() -> new ModelConfig.Versions(count.get()));
  }

  private static Setting<Duration> loadTimeout(Section section) {
    section.notYet("golden-checks");
    var loadTimeout = section.optional("load-timeout", ModelConfig.LOAD_TIMEOUT, "2m");
    return section.build(loadTimeout::get);
  }

  private static Map<String, Setting<PipelineConfig>> pipelines(
      Section root, Set<String> models, Optional<String> service) {
    Syntax<String> topic =
        service
            .map(name -> ControlTopics.of(name).all())
            .map(taken -> PipelineConfig.TOPIC.except(taken, "not a control topic of the service"))
            .orElse(PipelineConfig.TOPIC);
    Syntax<String> model = Syntax.nameOf("models", models);
    Map<String, Setting<PipelineConfig>> pipelines = new LinkedHashMap<>();
    root.sections("pipelines", PipelineConfig.NAME)
        .forEach((name, section) -> pipelines.put(name, pipeline(section, model, topic)));
    return pipelines;
  }

  private static Setting<PipelineConfig> pipeline(
      Section section, Syntax<String> models, Syntax<String> topics) {
    var model = section.required("model", models);
    var signature = section.optional("signature", PipelineConfig.SIGNATURE, "serving_default");
    var guarantee = section.optional("guarantee", PipelineConfig.GUARANTEE, "exactly_once_v2");
    var startFrom = section.required("start-from", StartFrom.SYNTAX);
    var input = input(section.section("input"), topics);
    var output = output(section.section("output"), topics);
    var deadLetters = deadLetters(section.section("dead-letters"), topics);
    var batch = batch(section.section("batch"));
    var share = section.optional("share", PipelineConfig.SHARE, "1");
    var threads = section.optional("threads", PipelineConfig.THREADS, "1");
    var kafka = section.texts("kafka", KafkaKeys::pipelineObjection, Map.of());
    return section.build(
        () ->
            new PipelineConfig(
                model.get(),
                signature.get(),
                guarantee.get(),
                startFrom.get(),
                input.get(),
                output.get(),
                deadLetters.get(),
                batch.get(),
                share.get(),
                threads.get(),
                kafka.get()));
  }

  private static Setting<PipelineConfig.Input> input(Section section, Syntax<String> topics) {
    var topic = section.required("topic", topics);
    var format = section.optional("format", PipelineConfig.FORMAT, "avro");
    var fields = section.lists("fields");
    return section.build(() -> new PipelineConfig.Input(topic.get(), format.get(), fields.get()));
  }

  private static Setting<PipelineConfig.Output> output(Section section, Syntax<String> topics) {
    var topic = section.required("topic", topics);
    var format = section.optional("format", PipelineConfig.FORMAT, "avro");
    List.of("outputs", "copy").forEach(section::notYet);
    return section.build(() -> new PipelineConfig.Output(topic.get(), format.get()));
  }

  private static Setting<PipelineConfig.DeadLetters> deadLetters(
      Section section, Syntax<String> topics) {
    var topic = section.required("topic", topics);
    return section.build(() -> new PipelineConfig.DeadLetters(topic.get()));
  }

  private static Setting<BatchConfig> batch(Section section) {
    section.optional("mode", BatchConfig.MODE, "fixed");
    var rows = section.optional("rows", BatchConfig.ROWS, "128");
    var linger = section.optional("linger", BatchConfig.LINGER, "5ms");
    String fourBatches = Integer.toString(4 * rows.valid().orElse(128));
    var inFlight =
        section.optional("max-in-flight-rows", BatchConfig.MAX_IN_FLIGHT_ROWS, fourBatches);
    var bytes = section.optional("max-in-flight-bytes", BatchConfig.MAX_IN_FLIGHT_BYTES, "64MiB");
    List.of("latency", "max-rows").forEach(section::notYet);
    return section.build(
        () -> new BatchConfig(rows.get(), linger.get(), inFlight.get(), bytes.get()));
  }

  private static Setting<HttpConfig> http(Section section) {
    var listen = section.optional("listen", HttpConfig.LISTEN, "127.0.0.1:8080");
    section.optional("request-apis", HttpConfig.REQUEST_APIS, "false");
    return section.build(() -> new HttpConfig(listen.get()));
  }

  private static <T> Map<String, T> values(Map<String, Setting<T>> settings) {
    Map<String, T> values = new LinkedHashMap<>();
    settings.forEach((name, setting) -> values.put(name, setting.get()));
    return values;
  }
}
