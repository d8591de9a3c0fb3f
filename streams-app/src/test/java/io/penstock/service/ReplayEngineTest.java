package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigLoader;
import io.penstock.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ReplayEngineTest {

  @TempDir private Path folder;

  @Test
  void shouldLeaveNothingRunningWhereItCannotStart() throws Exception {
    // given a pipeline whose dead letters' schema cannot be had, since no registry answers
    Path file =
        Files.writeString(
            folder.resolve("penstock.yaml"),
            """
            service: scoring
            kafka: {bootstrap.servers: "127.0.0.1:1"}
            registry: {schema.registry.url: "http://127.0.0.1:1"}
            models:
              m: {path: m}
            pipelines:
              fraud:
                model: m
                start-from: earliest
                input: {topic: payments, format: json}
                output: {topic: scores, format: json}
                dead-letters: {topic: dead, format: avro}
            """);
    PenstockConfig config = new ConfigLoader(Map.of(), 2, 1L << 30).load(file).config();
    Set<Thread> before = inferenceThreads();

    // when
    assertThatThrownBy(() -> ReplayEngine.start(config, "fraud", Set.of(1L)))
        .hasMessageContaining("http://127.0.0.1:1");

    // then
    Await.until(
        "the inference threads end",
        30,
        () -> {
          Set<Thread> left = inferenceThreads();
          left.removeAll(before);
          return left.isEmpty();
        });
  }

  private static Set<Thread> inferenceThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("inference-"))
        .collect(Collectors.toSet());
  }
}
