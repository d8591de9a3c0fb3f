package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A promotion that is content with a share of the instances: two instances under load, each with a
 * folder of its own, and one of them has a broken copy of version 2.
 */
class DissenterIT {

  private static final String SERVICE = "share";
  private static final int PARTITIONS = 4;

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    bench.createTopics(PARTITIONS, "in", "out", "dead");
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @Test
  void shouldLeaveItsRecordsToOthersUntilItCanServeWhatTheFleetServes() throws IOException {
    Path good = bench.installVersion("examples/digits/1", "good", 1);
    Path bad = bench.installVersion("examples/digits/1", "bad", 1);
    Path config = config(good);
    try (ServiceUnderTest a = ServiceUnderTest.start(config, folder, "a");
        ServiceUnderTest b =
            ServiceUnderTest.start(
                config, folder, "b", Map.of("PENSTOCK_MODELS__DIGITS__PATH", bad.toString()));
        DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 300)) {
      a.awaitReady();
      b.awaitReady();
      bench.installVersion("examples/digits/1", "good", 2);
      Path broken = Files.createDirectories(bad.resolve("2")).resolve("saved_model.pb");
      Files.write(broken, new byte[] {1, 2, 3, 4});

      String verdict =
          new AuditTrail(records, SERVICE)
              .verdict(
                  bench.command(
                      SERVICE,
                      "{\"promote\":{\"model\":\"digits\",\"version\":2,\"require\":0.5}}"));

      assertThat(verdict).isEqualTo("ACTIVATED 2");
      Await.until(
          () -> "b has withdrawn: " + b.health() + b.log(),
          60,
          () -> b.state("digits").equals("WITHDRAWN"));
      assertThat(b.health().at("/pipelines/digits/detail").asText())
          .startsWith("the fleet serves digits/2 (epoch")
          .contains("saved_model.pb");
      assertThat(b.isReady()).isFalse();
      awaitVersionTwoOnEveryPartition();
      Await.until("a is ready", 30, a::isReady);

      mend(broken.getParent());
      Await.until(() -> "b is back: " + b.health() + b.log(), 90, b::isReady);
      assertThat(b.health().at("/models/digits/active").asText()).isEqualTo("2");
      long sent = load.sent();
      Await.until("more load", 30, () -> load.sent() > sent + 600);
    }
    try (Census census = new Census(bench.stack().bootstrapServers(), "in", "out", "dead")) {
      assertThat(census.update().duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
      assertThat(census.deadLetters()).isZero();
    }
  }

  /** Those of the instance that has withdrawn, too. */
  private static void awaitVersionTwoOnEveryPartition() {
    Await.until(
        "version 2 on every partition",
        60,
        () ->
            records.list("out").stream()
                    .filter(outcome -> OutcomeSource.of(outcome).version().equals("2"))
                    .map(outcome -> outcome.partition())
                    .distinct()
                    .count()
                == PARTITIONS);
  }

  private static void mend(Path version) throws IOException {
    Path source = Penstock.root().resolve("examples/digits/1");
    Files.delete(version.resolve("saved_model.pb"));
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path target = version.resolve(source.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static Path config(Path path) {
    return bench.writeConfig(
        "share.yaml",
        SERVICE,
        """
        models:
          digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
        pipelines:
          digits:
            model: digits
            guarantee: exactly_once_v2
            start-from: earliest
            input: {topic: in, format: avro, fields: {pixels: pixels}}
            output: {topic: out, format: avro}
            dead-letters: {topic: dead}
        """
            .formatted(path));
  }
}
