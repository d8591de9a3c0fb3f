package io.penstock.check;

import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigLoader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Configurations of tests. */
public final class Configs {

  private Configs() {}

  /** The service scoring with the pipeline payments-fraud, and some Kafka keys of its own. */
  public static PenstockConfig minimal(String... kafka) {
    return config("kafka:9092", String.join(", ", kafka));
  }

  /** The same service on a cluster. */
  public static PenstockConfig at(String bootstrapServers) {
    return config(bootstrapServers, "");
  }

  private static PenstockConfig config(String bootstrapServers, String kafka) {
    String text =
        """
        service: scoring
        kafka: {bootstrap.servers: "%s", %s}
        registry: {schema.registry.url: "http://registry:8081"}
        models:
          fraud: {path: models/fraud}
        pipelines:
          payments-fraud:
            model: fraud
            start-from: earliest
            input: {topic: payments}
            output: {topic: fraud-scores}
            dead-letters: {topic: fraud-dead}
        """
            .formatted(bootstrapServers, kafka);
    return of(text);
  }

  /** The configuration that a file with that text holds. */
  public static PenstockConfig of(String text) {
    try {
      Path file = Files.createTempFile("penstock", ".yaml");
      try {
        return new ConfigLoader(Map.of(), 2, 1L << 30).load(Files.writeString(file, text)).config();
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
