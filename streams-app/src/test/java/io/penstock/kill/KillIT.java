package io.penstock.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Kills the service again and again under load and counts the outcomes of every input: SIGKILL and
 * SIGTERM in the middle of batches, instances that join and leave, a promotion in between.
 *
 * <p>{@code -Dkill.count=20} for the long run, {@code -Dkill.seed=…} to repeat one. A kill counts
 * only when the service had said right before that records were in flight. The counting is done
 * from the topics alone.
 */
class KillIT {

  private static final int KILLS = Integer.getInteger("kill.count", 3);
  private static final long SEED = Long.getLong("kill.seed", System.nanoTime());
  private static final int PARTITIONS = 4;
  private static final int PER_SECOND = 2000;
  private static final String SERVICE = "kill";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
  void shouldGiveEveryInputItsOutcomeHoweverTheServiceEnds(String guarantee) {
    Random random = new Random(SEED);
    try (Workbench bench = new Workbench(folder)) {
      bench.createControlTopics(SERVICE);
      bench.createTopics(PARTITIONS, "in", "out", "dead");
      bench.installVersion("digits", 1);
      Path config = bench.writeConfig("kill.yaml", SERVICE, configuration(guarantee));
      ServiceUnderTest service = ServiceUnderTest.start(config, folder, "a");
      try (Census census = new Census(bench.stack().bootstrapServers(), "in", "out", "dead");
          DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, PER_SECOND)) {
        int kills = 0;
        boolean promoted = false;
        for (int attempt = 0; kills < KILLS; attempt++) {
          assertThat(attempt).as("attempts for %s kills", KILLS).isLessThan(KILLS * 3);
          service.awaitReady();
          awaitProgress(census);
          if (kills == KILLS / 2 && !promoted) {
            promoted = true;
            bench.installVersion("digits", 2);
            bench.command(SERVICE, "{\"promote\":{\"model\":\"digits\",\"version\":2}}");
          }
          pause(random, 200, 1500);
          ServiceUnderTest next;
          long inFlight;
          switch (kills % 3) {
            case 0 -> {
              inFlight = inFlight(service);
              service.kill();
              next = ServiceUnderTest.start(config, folder, "k" + attempt);
            }
            case 1 -> {
              next = ServiceUnderTest.start(config, folder, "r" + attempt);
              next.awaitReady();
              pause(random, 0, 1000);
              inFlight = inFlight(service);
              service.kill();
            }
            default -> {
              inFlight = inFlight(service);
              assertThat(service.terminate()).as(service.log()).isZero();
              assertThat(service.logged("stream thread replaced"))
                  .as("an orderly stop drains, it does not break threads:\n%s", service.log())
                  .isFalse();
              next = ServiceUnderTest.start(config, folder, "t" + attempt);
            }
          }
          service = next;
          if (inFlight > 0) {
            kills++;
          }
          System.out.printf(
              "kill %d of %d guarantee=%s how=%d inFlight=%d sent=%d%n",
              kills, KILLS, guarantee, kills % 3, inFlight, load.sent());
        }
        Await.until(
            "outcomes of the version promoted",
            60,
            () -> census.update().perVersion().containsKey("2"));
        load.close();
        long sent = load.sent();
        ServiceUnderTest last = service;
        Await.until(
            "an outcome for each of " + sent + " records; log:\n" + last.log(),
            120,
            () -> census.update().answered() >= sent);
        System.out.printf("guarantee=%s seed=%d kills=%d %s%n", guarantee, SEED, KILLS, census);
        assertThat(census.lost()).as("lost, seed %s", SEED).isZero();
        assertThat(census.deadLetters()).as("dead letters, seed %s", SEED).isZero();
        assertThat(census.disorderOfFirsts()).as("first outcomes, seed %s", SEED).isEmpty();
        if (guarantee.equals("exactly_once_v2")) {
          assertThat(census.duplicated()).as("duplicated, seed %s", SEED).isZero();
          assertThat(census.disorder()).as("disorder, seed %s", SEED).isEmpty();
        }
      } finally {
        service.close();
      }
    }
  }

  /** Batches linger so that there is always one that waits. */
  private String configuration(String guarantee) {
    return """
    models:
      digits: {path: "%s", settle: 500ms, poll-interval: 200ms}
    pipelines:
      digits:
        model: digits
        guarantee: %s
        start-from: earliest
        input: {topic: in, format: avro}
        output: {topic: out, format: avro}
        dead-letters: {topic: dead}
        batch: {rows: 256, linger: 20ms}
        threads: 2
        kafka: {producer.transaction.timeout.ms: 10000}
    """
        .formatted(folder.resolve("models/digits"), guarantee);
  }

  /** Waits a while for a moment with records in flight, and says how many there were. */
  private static long inFlight(ServiceUnderTest service) {
    long inFlight = 0;
    for (int look = 0; inFlight == 0 && look < 200; look++) {
      inFlight = service.health().at("/pipelines/digits/inFlightRecords").asLong();
    }
    return inFlight;
  }

  private static void awaitProgress(Census census) {
    long before = census.update().outcomes();
    Await.until("new outcomes", 60, () -> census.update().outcomes() > before + 100);
  }

  private static void pause(Random random, int fromMillis, int toMillis) {
    long until =
        System.nanoTime() + (fromMillis + random.nextInt(toMillis - fromMillis)) * 1_000_000L;
    while (System.nanoTime() < until) {
      LockSupport.parkNanos(until - System.nanoTime());
    }
  }
}
