package io.penstock.benchmarks.subject;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The service's configuration for a measurement: models and pipelines over one broker and registry.
 * Written as JSON, which is YAML. Not thread-safe.
 */
public final class ServiceConfig {

  private final Map<String, Object> root = new LinkedHashMap<>();
  private final Map<String, Object> models = new LinkedHashMap<>();
  private final Map<String, Object> pipelines = new LinkedHashMap<>();
  private final int httpPort;

  /** A configuration without models and pipelines yet. */
  public ServiceConfig(String service, String bootstrapServers, String registryUrl, int httpPort) {
    this.httpPort = httpPort;
    root.put("service", service);
    root.put("kafka", Map.of("bootstrap.servers", bootstrapServers));
    root.put("registry", Map.of("schema.registry.url", registryUrl, "auto.register.schemas", true));
    root.put("models", models);
    root.put("pipelines", pipelines);
    root.put("http", Map.of("listen", "127.0.0.1:" + httpPort));
  }

  /**
   * Adds a model.
   *
   * @param more keys of a model over the defaults
   */
  public ServiceConfig model(String name, Path path, Map<String, Object> more) {
    Map<String, Object> model = new LinkedHashMap<>();
    model.put("path", path.toString());
    model.putAll(more);
    models.put(name, model);
    return this;
  }

  /**
   * Adds a pipeline.
   *
   * @param more keys of a pipeline over the defaults
   */
  public ServiceConfig pipeline(
      String name,
      String model,
      String input,
      Map<String, String> fields,
      String output,
      Map<String, Object> more) {
    Map<String, Object> pipeline = new LinkedHashMap<>();
    pipeline.put("model", model);
    pipeline.put("start-from", "earliest");
    pipeline.put("input", Map.of("topic", input, "format", "avro", "fields", fields));
    pipeline.put("output", Map.of("topic", output, "format", "avro"));
    pipeline.put("dead-letters", Map.of("topic", output + "-dead"));
    pipeline.putAll(more);
    pipelines.put(name, pipeline);
    return this;
  }

  /** Answers requests beside the pipelines, as these keys of {@code requests} say. */
  public ServiceConfig requests(Map<String, Object> keys) {
    root.put("requests", keys);
    return this;
  }

  /** Where the service says of itself how it is; it answers requests over REST there. */
  public int httpPort() {
    return httpPort;
  }

  void write(Path file) {
    try {
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(file.toFile(), root);
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the service's configuration", e);
    }
  }
}
