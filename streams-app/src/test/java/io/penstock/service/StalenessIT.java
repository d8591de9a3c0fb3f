package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.faults.FaultyClients;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.TwoDoorStack;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An instance loses its connection to the control topics while its data flows: the control plane
 * reaches the broker by a proxy, the pipeline directly.
 *
 * <p>How long it takes to pause is printed: it is timed, so it is held against a limit only where
 * {@code -Dstaleness.limit=3500} gives one, in milliseconds.
 */
class StalenessIT {

  private static final int PARTITIONS = 4;
  private static final long PAUSE_LIMIT = Long.getLong("staleness.limit", Long.MAX_VALUE);

  @TempDir private static Path folder;

  private static TwoDoorStack stack;
  private static Workbench bench;
  private static CommittedRecords records;

  @BeforeAll
  static void setUp() {
    stack = TwoDoorStack.open();
    bench = new Workbench(folder, stack);
    records = new CommittedRecords(stack.bootstrapServers());
    bench.installVersion("digits", 1);
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @Test
  void shouldPauseWhileItDoesNotKnowTheDecisionsAndLoseNothing() {
    try (ServiceUnderTest service = start("pausing", "pause");
        DigitLoad load = new DigitLoad(bench, "pausing-in", PARTITIONS, 300)) {
      awaitOutcomes("pausing", 300);

      stack.proxy().cut();
      long cutNanos = System.nanoTime();
      Await.until(
          () -> "paused: " + service.health() + service.log(),
          60,
          () -> service.state("digits").equals("PAUSED"));
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - cutNanos);
      System.out.printf("paused after %d ms, with control.max-staleness: 3000 ms%n", millis);
      assertThat(millis).isLessThanOrEqualTo(PAUSE_LIMIT);
      assertThat(service.health().at("/controlPlane/state").asText()).isEqualTo("STALE");
      assertThat(service.health().at("/pipelines/digits/detail").asText())
          .contains("control.max-staleness: 3000 ms");
      assertThat(service.isReady()).isFalse();
      Await.until("what was taken is answered", 30, () -> service.inFlightRecords("digits") == 0);
      Await.until(
          "nothing more is answered while it is paused",
          60,
          () -> {
            int before = records.list("pausing-out").size();
            awaitMore(load);
            return records.list("pausing-out").size() == before;
          });
      int outcomes = records.list("pausing-out").size();

      stack.proxy().mend();
      service.awaitReady();
      awaitOutcomes("pausing", outcomes + 300);
    } finally {
      stack.proxy().mend();
    }
    try (Census census =
        new Census(stack.bootstrapServers(), "pausing-in", "pausing-out", "pausing-dead")) {
      assertThat(census.update().duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
    }
  }

  @Test
  void shouldGoOnByChoice() {
    try (ServiceUnderTest service = start("going", "go-on");
        DigitLoad load = new DigitLoad(bench, "going-in", PARTITIONS, 300)) {
      awaitOutcomes("going", 300);

      stack.proxy().cut();
      Await.until(
          () -> "stale: " + service.health() + service.log(),
          60,
          () -> service.health().at("/controlPlane/state").asText().equals("STALE"));
      awaitOutcomes("going", records.list("going-out").size() + 300);
      Await.until("it runs on", 30, () -> service.state("digits").equals("RUNNING"));
    } finally {
      stack.proxy().mend();
    }
  }

  private static ServiceUnderTest start(String name, String whenStale) {
    bench.createControlTopics(name);
    bench.createTopics(PARTITIONS, name + "-in", name + "-out", name + "-dead");
    Path config =
        bench.writeConfig(
            name + ".yaml",
            name,
            """
            models:
              digits: {path: "%1$s", settle: 300ms, poll-interval: 100ms}
            pipelines:
              digits:
                model: digits
                guarantee: exactly_once_v2
                start-from: earliest
                input: {topic: %2$s-in, format: avro, fields: {pixels: pixels}}
                output: {topic: %2$s-out, format: avro}
                dead-letters: {topic: %2$s-dead}
            """
                .formatted(folder.resolve("models/digits"), name));
    ServiceUnderTest service =
        ServiceUnderTest.startFaulty(
            config,
            folder,
            name,
            Map.of(
                FaultyClients.DATA_BROKER,
                stack.bootstrapServers(),
                "PENSTOCK_KAFKA__BOOTSTRAP_SERVERS",
                stack.bootstrapServersByProxy(),
                "PENSTOCK_CONTROL__MAX_STALENESS",
                "3s",
                "PENSTOCK_CONTROL__WHEN_STALE",
                whenStale));
    service.awaitReady();
    return service;
  }

  private static void awaitOutcomes(String name, int count) {
    Await.until(count + " outcomes", 60, () -> records.list(name + "-out").size() >= count);
  }

  /** Long enough for what was taken before the pause to be committed. */
  private static void awaitMore(DigitLoad load) {
    long sent = load.sent();
    Await.until("more records come", 30, () -> load.sent() > sent + 600);
  }
}
