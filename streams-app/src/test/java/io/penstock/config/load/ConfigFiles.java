package io.penstock.config.load;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configuration files of a test, written below a folder and loaded from there. */
final class ConfigFiles {

  /** The least that a file must say. Lines matter: tests name them. */
  static final String MINIMAL =
      """
      service: scoring
      kafka:
        bootstrap.servers: kafka:9092
      registry:
        schema.registry.url: http://registry:8081
      models:
        fraud:
          path: models/fraud
      pipelines:
        payments-fraud:
          model: fraud
          start-from: earliest
          input: {topic: payments}
          output: {topic: fraud-scores}
          dead-letters: {topic: fraud-dead}
      """;

  private final Path folder;

  ConfigFiles(Path folder) {
    this.folder = folder;
  }

  EffectiveConfig load(String text, Map<String, String> environment) {
    return new ConfigLoader(environment, 6, 1L << 30).load(write(text));
  }

  EffectiveConfig load(String text) {
    return load(text, Map.of());
  }

  /** What is wrong with a file, one line each, without the folder's name. */
  List<String> problems(String text, Map<String, String> environment) {
    ConfigurationException refused =
        catchThrowableOfType(ConfigurationException.class, () -> load(text, environment));
    return refused == null
        ? List.of()
        : refused.problems().stream().map(p -> p.replace(folder + "/", "")).toList();
  }

  List<String> problems(String text) {
    return problems(text, Map.of());
  }

  private Path write(String text) {
    try {
      return Files.writeString(folder.resolve("fraud.yaml"), text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
