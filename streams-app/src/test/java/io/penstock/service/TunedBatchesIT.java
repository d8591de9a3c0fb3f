package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Batches that tune themselves: large ones for a backlog, and none that wait once it is gone. */
class TunedBatchesIT {

  private static final String SERVICE = "tuned";
  private static final int PARTITIONS = 4;
  private static final int BACKLOG = 200_000;

  @TempDir private Path folder;

  @Test
  void shouldDrainABacklogInLargeBatchesAndKeepUpAfterwards() {
    try (Workbench bench = new Workbench(folder)) {
      // given
      bench.createControlTopics(SERVICE);
      bench.createTopics(PARTITIONS, "in", "out", "dead");
      pile(bench);
      // when
      try (ServiceUnderTest service = ServiceUnderTest.start(config(bench), folder, "a");
          Census census = new Census(bench.stack().bootstrapServers(), "in", "out", "dead")) {
        service.awaitReady();
        AtomicInteger mostRows = new AtomicInteger();
        Await.until(
            () -> "the backlog is gone",
            120,
            () -> {
              int rows = batching(service).at("/batches/rows").asInt();
              mostRows.accumulateAndGet(rows, Math::max);
              return census.update().lost() == 0;
            });
        try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 500)) {
          Await.until(
              () -> "small delays: " + batching(service),
              120,
              () -> batching(service).at("/batches/reason").asText().startsWith("caught up"));
          assertThat(load.sent()).isPositive();
        }
        Await.until(() -> "all is answered", 60, () -> census.update().lost() == 0);
        // then
        assertThat(mostRows.get()).as("the most rows of a batch, of a backlog").isGreaterThan(8);
        assertThat(service.logged("batches pipeline=digits rows=")).isTrue();
        assertThat(census.duplicated()).isZero();
        assertThat(census.disorder()).isEmpty();
      }
    }
  }

  private static JsonNode batching(ServiceUnderTest service) {
    return service.health().at("/pipelines/digits");
  }

  private static void pile(Workbench bench) {
    byte[] digit = Digits.framed(bench, "in", 3);
    for (int i = 0; i < BACKLOG; i++) {
      bench.producer().send(new ProducerRecord<>("in", i % PARTITIONS, null, digit));
    }
    bench.producer().flush();
  }

  private Path config(Workbench bench) {
    return bench.writeConfig(
        "tuned.yaml",
        SERVICE,
        """
        models:
          digits: {path: "%s", settle: 300ms, poll-interval: 100ms, promotion: automatic}
        pipelines:
          digits:
            model: digits
            guarantee: exactly_once_v2
            start-from: earliest
            input: {topic: in}
            output: {topic: out}
            dead-letters: {topic: dead}
            threads: 2
            batch: {mode: auto}
        """
            .formatted(bench.installVersion("digits", 1)));
  }
}
