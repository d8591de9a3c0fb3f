package io.penstock.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Everything an operator said: one file with environment overrides applied, secrets resolved and
 * defaults filled in. Holds secrets in clear text, so it is never printed; {@link #toString} says
 * only its name.
 *
 * @param service the prefix of application ids, client ids, transactional ids and control topics
 * @param kafka Kafka client and Streams keys for everything
 * @param registry Confluent's keys for the schema registry; empty where there is none
 * @param models by name, in the file's order
 * @param pipelines by name, in the file's order; none where requests are all that is answered
 */
public record PenstockConfig(
    String service,
    Map<String, String> kafka,
    Map<String, String> registry,
    ControlConfig control,
    InferenceConfig inference,
    Map<String, ModelConfig> models,
    Map<String, PipelineConfig> pipelines,
    HttpConfig http,
    RequestsConfig requests) {

  /** Short enough that every topic and id made from it is legal for Kafka. */
  public static final Syntax<String> SERVICE =
      Syntax.matching(
          Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9._-]{0,99}"),
          "up to 100 letters, digits, '.', '_' and '-', as in a Kafka application.id");

  public PenstockConfig {
    SERVICE.check("service", service);
    kafka = Map.copyOf(kafka);
    registry = Map.copyOf(registry);
    Objects.requireNonNull(control, "control");
    Objects.requireNonNull(inference, "inference");
    models = Collections.unmodifiableMap(new LinkedHashMap<>(models));
    pipelines = Collections.unmodifiableMap(new LinkedHashMap<>(pipelines));
    Objects.requireNonNull(http, "http");
    Objects.requireNonNull(requests, "requests");
    Syntax<String> model = Syntax.nameOf("models", models.keySet());
    pipelines.forEach((name, p) -> model.check("pipelines." + name + ".model", p.model()));
    boolean answersRequests =
        grpc(http, requests).isPresent() || rest(http, requests) != RequestsConfig.Rest.NONE;
    if (pipelines.isEmpty() && !answersRequests) {
      throw new IllegalArgumentException(
          "pipelines: missing (expected: at least one, or requests.rest or requests.grpc, since the"
              + " service would have nothing to do)");
    }
    if (registry.isEmpty()) {
      pipelines.forEach(PenstockConfig::requireNoRegistry);
    }
  }

  private static void requireNoRegistry(String name, PipelineConfig pipeline) {
    if (pipeline.usesAvro()) {
      throw new IllegalArgumentException(
          "registry: missing (expected: schema.registry.url, since pipelines.%s reads or writes Avro; see its input.format, output.format and dead-letters.format)"
              .formatted(name));
    }
  }

  /**
   * The model of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public ModelConfig model(String name) {
    return named("models", models, name);
  }

  /**
   * The pipeline of that name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public PipelineConfig pipeline(String name) {
    return named("pipelines", pipelines, name);
  }

  private static <T> T named(String kind, Map<String, T> values, String name) {
    T value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          kind + ": " + name + " (expected: one of " + values.keySet() + ")");
    }
    return value;
  }

  /**
   * Where requests over REST are answered: unless it is said, on the admin server if only this
   * machine reaches it, and nowhere if others do.
   */
  public RequestsConfig.Rest rest() {
    return rest(http, requests);
  }

  private static RequestsConfig.Rest rest(HttpConfig http, RequestsConfig requests) {
    return requests
        .rest()
        .orElse(http.listen().isLoopback() ? RequestsConfig.Rest.ADMIN : RequestsConfig.Rest.NONE);
  }

  /**
   * Where requests over gRPC are answered, with the admin server's certificate and token if it has
   * none of its own.
   */
  public Optional<GrpcConfig> grpc() {
    return grpc(http, requests);
  }

  private static Optional<GrpcConfig> grpc(HttpConfig http, RequestsConfig requests) {
    return requests.grpc().map(grpc -> grpc.beside(http));
  }

  /** Whether requests are answered at all, by whatever protocol. */
  public boolean answersRequests() {
    return rest() != RequestsConfig.Rest.NONE || grpc().isPresent();
  }

  /** The control topics of this service. */
  public ControlTopics controlTopics() {
    return ControlTopics.of(service);
  }

  /** The {@code application.id} of a pipeline. */
  public String applicationId(String pipeline) {
    return service + "-" + pipeline;
  }

  /**
   * The group that keeps which topic a pipeline has begun with, beside the one that its
   * application.id names. No pipeline has a colon in its name.
   */
  public static String inputGroup(String applicationId) {
    return applicationId + ":input";
  }

  /** The Kafka keys of a pipeline: the service's, overridden by its own. */
  public Map<String, String> kafka(PipelineConfig pipeline) {
    Map<String, String> merged = new LinkedHashMap<>(kafka);
    merged.putAll(pipeline.kafka());
    return merged;
  }

  /** The service's name alone: the rest may hold secrets. */
  @Override
  public String toString() {
    return "PenstockConfig[service=" + service + "]";
  }
}
