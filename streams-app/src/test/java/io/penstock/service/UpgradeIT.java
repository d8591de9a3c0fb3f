package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.ProtocolLevel;
import io.penstock.faults.FaultyFoundation;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances are upgraded one after the other, under load, as the operations guide says.
 *
 * <p>In a build the older release is this one, which says that it speaks the first level of the
 * control protocol only. {@code -Dupgrade.from=DIR} upgrades from a release that is unpacked there.
 */
class UpgradeIT {

  private static final String SERVICE = "rolling";
  private static final int PARTITIONS = 4;
  private static final @Nullable String FROM = System.getProperty("upgrade.from");

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static AuditTrail audit;
  private static Path config;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    audit = new AuditTrail(records, SERVICE);
    bench.createControlTopics(SERVICE);
    bench.createTopics(PARTITIONS, "in", "once", "once-dead", "least", "least-dead");
    config =
        bench.writeConfig(
            "rolling.yaml",
            SERVICE,
            """
            models:
              digits: {path: "%s", settle: 300ms, poll-interval: 100ms, versions: {count: 2}}
            pipelines:
              once:
                model: digits
                guarantee: exactly_once_v2
                start-from: earliest
                input: {topic: in, format: avro, fields: {pixels: pixels}}
                output: {topic: once, format: avro}
                dead-letters: {topic: once-dead}
              least:
                model: digits
                guarantee: at_least_once
                start-from: earliest
                input: {topic: in, format: avro, fields: {pixels: pixels}}
                output: {topic: least, format: avro}
                dead-letters: {topic: least-dead}
            """
                .formatted(bench.installVersion("digits", 1)));
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @Test
  void shouldUpgradeOneInstanceAfterTheOtherUnderLoad() {
    ServiceUnderTest a = older("a");
    ServiceUnderTest b = older("b");
    try (Census once = census("once");
        Census least = census("least")) {
      a.awaitReady();
      b.awaitReady();
      try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 300)) {
        awaitOutcomes(load, once, least);

        a = upgraded(a, "a");
        awaitOutcomes(load, once, least);
        // The two releases decide together.
        bench.installVersion("digits", 2);
        assertThat(audit.verdict(bench.promote(SERVICE, "digits", 2))).isEqualTo("ACTIVATED 2");
        if (FROM == null) {
          assertThat(audit.verdict(label())).startsWith("REJECTED").contains("upgrade it first");
        }

        b = upgraded(b, "b");
        awaitOutcomes(load, once, least);
        // What is new begins when all have it.
        assertThat(audit.verdict(label())).isEqualTo("DONE");
      }
      Await.until(() -> "every outcome: " + once, 60, () -> once.update().lost() == 0);
      Await.until(() -> "every outcome: " + least, 60, () -> least.update().lost() == 0);
      assertThat(once.duplicated()).isZero();
      assertThat(once.disorder()).isEmpty();
      assertThat(least.disorderOfFirsts()).isEmpty();
      assertThat(once.deadLetters() + least.deadLetters()).isZero();
      assertThat(once.perVersion()).containsOnlyKeys("1", "2");
      System.out.printf("upgrade: once %s; least %s%n", once.count(), least.count());
      assertThat(a.terminate()).isZero();
      assertThat(b.terminate()).isZero();
    } finally {
      a.close();
      b.close();
    }
  }

  private static ServiceUnderTest older(String name) {
    if (FROM != null) {
      return ServiceUnderTest.startOf(Path.of(FROM), config, folder, name + "-older");
    }
    return ServiceUnderTest.startFaulty(
        config,
        folder,
        name + "-older",
        Map.of(
            "JAVA_TOOL_OPTIONS",
            "-D" + FaultyFoundation.PROTOCOL_LEVEL + "=" + ProtocolLevel.TWO_PHASES));
  }

  /** As the operations guide says: SIGTERM, its end, the new one, until it is ready. */
  private static ServiceUnderTest upgraded(ServiceUnderTest older, String name) {
    assertThat(older.terminate()).as(older.log()).isZero();
    ServiceUnderTest newer = ServiceUnderTest.start(config, folder, name);
    newer.awaitReady();
    return newer;
  }

  private static long label() {
    return bench.command(
        SERVICE, "{\"label\":{\"model\":\"digits\",\"label\":\"stable\",\"version\":1}}");
  }

  private static Census census(String pipeline) {
    return new Census(bench.stack().bootstrapServers(), "in", pipeline, pipeline + "-dead");
  }

  /** Of both pipelines, some more than there were. */
  private static void awaitOutcomes(DigitLoad load, Census once, Census least) {
    long sent = load.sent();
    Await.until(
        () -> "outcomes of what was sent: " + once + ", " + least,
        60,
        () -> once.update().answered() > sent && least.update().answered() > sent);
  }
}
