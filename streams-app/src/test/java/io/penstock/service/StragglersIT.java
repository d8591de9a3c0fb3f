package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.schemas.Cutover;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Outcome;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Records that come after the version of their timestamps is retired: two services, each of which
 * has chosen something else for them, and one input.
 */
class StragglersIT {

  private static final int PARTITIONS = 2;
  private static final List<String> CHOICES = List.of("new-version", "dead-letter");

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static Path digits;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createTopics(PARTITIONS, "in");
    for (String choice : CHOICES) {
      bench.createControlTopics(choice);
      bench.createTopics(PARTITIONS, choice, choice + "-dead", choice + "-again");
      bench.createTopics(PARTITIONS, choice + "-again-dead");
    }
    digits = bench.installVersion("digits", 1);
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @Test
  void shouldServeThemByTheNewVersionOrMakeDeadLettersOfThemAsTheAuditTells() {
    Path serving = config("new-version");
    Path refusing = config("dead-letter");
    Instant from;
    try (ServiceUnderTest one = ServiceUnderTest.start(serving, folder, "serving");
        ServiceUnderTest other = ServiceUnderTest.start(refusing, folder, "refusing")) {
      one.awaitReady();
      other.awaitReady();
      bench.installVersion("digits", 2);
      from = Instant.now().plusSeconds(20).truncatedTo(ChronoUnit.MILLIS);
      for (String choice : CHOICES) {
        promote(choice, from);
      }
      sendAround(from);
      awaitAnswered();
      awaitRetirement("new-version", one);
      awaitRetirement("dead-letter", other);
      sendAround(from);
      awaitAnswered();
      assertThat(other.metrics())
          .containsPattern("penstock_dead_letters_total\\{[^}]*reason=\"STRAGGLER\"[^}]*\\} 4\\.0")
          .containsPattern("penstock_stragglers_total\\{[^}]*\\} 4\\.0");
      assertThat(one.metrics())
          .containsPattern("penstock_dead_letters_total\\{[^}]*reason=\"STRAGGLER\"[^}]*\\} 0\\.0")
          .containsPattern("penstock_stragglers_total\\{[^}]*\\} 4\\.0");
    }

    Map<String, String> served = served("new-version", "new-version-dead");
    Map<String, String> refused = served("dead-letter", "dead-letter-dead");
    assertThat(served).isEqualTo(expected(from, "2")).isEqualTo(told("new-version"));
    assertThat(refused)
        .isEqualTo(expected(from, OutcomeSource.NONE))
        .isEqualTo(told("dead-letter"));
    replay(serving, "new-version");
    replay(refusing, "dead-letter");
    assertThat(served("new-version-again", "new-version-again-dead")).isEqualTo(served);
    assertThat(served("dead-letter-again", "dead-letter-again-dead")).isEqualTo(refused);
  }

  private static Path config(String choice) {
    Path file =
        bench.writeConfig(
            choice + ".yaml",
            choice,
            """
            models:
              digits:
                path: "%1$s"
                settle: 300ms
                poll-interval: 100ms
                versions: {policy: latest, count: 1}
            pipelines:
              digits:
                model: digits
                start-from: earliest
                guarantee: exactly_once_v2
                input: {topic: in, format: avro, fields: {pixels: pixels}}
                output: {topic: %2$s, format: avro}
                dead-letters: {topic: %2$s-dead, format: json}
            """
                .formatted(digits, choice));
    try {
      return Files.writeString(
          file,
          Files.readString(file)
              .replace(
                  "control: {",
                  "control: {retain-for: 1s, max-staleness: 3s, stragglers: " + choice + ", "));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void promote(String service, Instant from) {
    long command =
        bench.command(
            service,
            "{\"promote\":{\"model\":\"digits\",\"version\":2,\"effectiveFrom\":\"%s\"}}"
                .formatted(from));
    assertThat(new AuditTrail(records, service).verdict(command)).isEqualTo("ACTIVATED 2");
  }

  /** An instance hears of the decision after it was written, and unloads the version then. */
  private static void awaitRetirement(String service, ServiceUnderTest instance) {
    AuditTrail audit = new AuditTrail(records, service);
    Await.until(
        () -> "version 1 is retired: " + audit.decisions() + instance.health(),
        60,
        () ->
            instance.health().at("/models/digits/versions/1").asText("END").equals("END")
                && audit.decisions().stream()
                    .map(Decided::getOutcome)
                    .anyMatch(outcome -> outcome == Outcome.RETIRED));
  }

  /** Two records of each version by their timestamps, in each partition. */
  private static void sendAround(Instant from) {
    byte[] value = Digits.framed(bench, "in", 0);
    for (int i = 0; i < 4; i++) {
      for (int partition = 0; partition < PARTITIONS; partition++) {
        long timestamp = from.toEpochMilli() + (i % 2 == 0 ? -1 : 0);
        bench.send(new ProducerRecord<>("in", partition, timestamp, null, value));
      }
    }
  }

  private static void awaitAnswered() {
    for (String choice : CHOICES) {
      try (Census census =
          new Census(bench.stack().bootstrapServers(), "in", choice, choice + "-dead")) {
        Await.until(() -> "all outcomes: " + census, 60, () -> census.update().lost() == 0);
        assertThat(census.duplicated()).isZero();
      }
    }
  }

  /**
   * The version of each input by its timestamp.
   *
   * @param stragglers what the second half of the earlier ones has
   */
  private static Map<String, String> expected(Instant from, String stragglers) {
    Map<String, String> expected = new TreeMap<>();
    records.forEach(
        "in",
        input ->
            expected.put(
                "in-%d@%d".formatted(input.partition(), input.offset()),
                input.timestamp() >= from.toEpochMilli()
                    ? "2"
                    : input.offset() < 4 ? "1" : stragglers));
    return expected;
  }

  /** The version that each outcome names. */
  private static Map<String, String> served(String... topics) {
    Map<String, String> served = new TreeMap<>();
    for (String topic : topics) {
      records.forEach(
          topic,
          outcome -> {
            OutcomeSource source = OutcomeSource.of(outcome);
            served.put(source.toString(), source.version());
          });
    }
    return served;
  }

  /** The version that the audit alone tells of each input. */
  private static Map<String, String> told(String service) {
    Map<Integer, NavigableMap<Long, Cutover>> timelines = new TreeMap<>();
    for (Cutover cutover : new AuditTrail(records, service).cutovers()) {
      timelines
          .computeIfAbsent(cutover.getPartition(), partition -> new TreeMap<>())
          .put(cutover.getOffset(), cutover);
    }
    Map<String, String> told = new TreeMap<>();
    records.forEach(
        "in",
        input -> {
          Cutover last = timelines.get(input.partition()).floorEntry(input.offset()).getValue();
          told.put(
              "in-%d@%d".formatted(input.partition(), input.offset()),
              version(last, Instant.ofEpochMilli(input.timestamp())));
        });
    return told;
  }

  private static String version(Cutover cutover, Instant timestamp) {
    if (cutover.getRefusedBefore() != null && timestamp.isBefore(cutover.getRefusedBefore())) {
      return OutcomeSource.NONE;
    }
    boolean early =
        cutover.getEffectiveFrom() != null && timestamp.isBefore(cutover.getEffectiveFrom());
    return String.valueOf(early ? cutover.getFrom() : Long.valueOf(cutover.getTo()));
  }

  private static void replay(Path config, String choice) {
    Penstock.Ended replay =
        Penstock.run(
            120,
            folder.resolve(choice + "-replay.log"),
            Map.of(),
            "pipeline",
            "replay",
            "digits",
            "--config",
            config.toString(),
            "--from",
            "0",
            "--versions",
            "timeline",
            "--to",
            choice + "-again",
            "--dead-letters-to",
            choice + "-again-dead");
    assertThat(replay.exitCode()).as(replay.output()).isZero();
  }
}
