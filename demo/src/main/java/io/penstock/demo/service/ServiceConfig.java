package io.penstock.demo.service;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The service's configuration file for the demo: one model, one pipeline, exactly once.
 *
 * @param kafka what the service's clients need to know of the broker
 * @param models where the model's versions are: {@code <models>/<version>/saved_model.pb}
 * @param httpPort where the service answers for its health, on loopback
 */
public record ServiceConfig(
    Map<String, String> kafka, String registryUrl, Path models, int httpPort) {

  /** The prefix of the control topics, among others. */
  public static final String SERVICE = "demo";

  public static final String MODEL = "digits";
  public static final String PIPELINE = "digits";
  public static final String INPUT = "digits";
  public static final String OUTPUT = "digit-predictions";
  public static final String DEAD_LETTERS = "digits-dead";

  /** How the service is to call itself where the broker is secured, as {@code acls} has it. */
  public static final String INSTANCE = SERVICE + "-instance";

  /** The same of whoever promotes. */
  public static final String OPERATOR = SERVICE + "-operator";

  public ServiceConfig {
    kafka = Map.copyOf(kafka);
  }

  /** Writes the file. */
  public void write(Path file) {
    try {
      Files.writeString(file, yaml());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write the service's configuration", e);
    }
  }

  String yaml() {
    return """
        service: %s
        kafka:
        %s
        registry:
          schema.registry.url: %s
          auto.register.schemas: true
        models:
          %s:
            path: "%s"
            complete-when: settled
            settle: 1s
            versions: {policy: latest, count: 2}
            promotion: manual
        pipelines:
          %s:
            model: %s
            guarantee: exactly_once_v2
            start-from: earliest
            input: {topic: %s, format: avro, fields: {pixels: pixels}}
            output: {topic: %s, format: avro}
            dead-letters: {topic: %s}
            kafka: {commit.interval.ms: 100}
        http: {listen: "127.0.0.1:%d"}
        """
        .formatted(
            SERVICE,
            kafkaKeys(),
            registryUrl,
            MODEL,
            models.toString().replace("\\", "\\\\").replace("\"", "\\\""),
            PIPELINE,
            MODEL,
            INPUT,
            OUTPUT,
            DEAD_LETTERS,
            httpPort);
  }

  private String kafkaKeys() {
    return new TreeMap<>(kafka)
        .entrySet().stream()
            .map(key -> "  %s: '%s'".formatted(key.getKey(), key.getValue().replace("'", "''")))
            .collect(Collectors.joining("\n"));
  }
}
