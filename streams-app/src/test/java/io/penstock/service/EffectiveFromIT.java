package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two instances share the records of four partitions between two versions by their timestamps. All
 * timestamps are within two seconds around the time from which the later version serves, in no
 * order, so whatever is killed is killed in the midst of the cutover.
 *
 * <p>{@code -Deffective.records=100000} for as many records; {@code -Dpenstock.property.seed} for
 * other timestamps. How many rows a run has, in parts of those without a cutover, is printed: that
 * depends on how fast records come, so it is held against a limit only where {@code
 * -Deffective.share.limit=80} gives one, in percent.
 */
class EffectiveFromIT {

  private static final String SERVICE = "effective";
  private static final int PARTITIONS = 4;
  private static final int RECORDS = Integer.getInteger("effective.records", 4000);
  private static final double SHARE_LIMIT = Integer.getInteger("effective.share.limit", 0) / 100.0;
  private static final int PER_SECOND = Math.max(500, RECORDS / 60);
  private static final int SPAN_MILLIS = 2000;

  private static final String MODELS =
      """
      models:
        digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
        alone: {path: "%s", settle: 300ms, poll-interval: 100ms}
      pipelines:
      """;

  @TempDir private static Path folder;

  private static final List<ServiceUnderTest> services = new ArrayList<>();

  private static Workbench bench;
  private static CommittedRecords records;
  private static Path digits;
  private static Path alone;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    bench.createTopics(PARTITIONS, "in", "once", "again", "alone");
    bench.createTopics(PARTITIONS, "once-dead", "again-dead", "alone-dead");
    digits = bench.installVersion("digits", 1);
    alone = bench.installVersion("examples/digits/1", "alone", 1);
  }

  @AfterAll
  static void tearDown() {
    services.forEach(ServiceUnderTest::close);
    records.close();
    bench.close();
  }

  @Test
  void shouldServeEachRecordByItsTimestampWhoeverDiesAndWhenAllAreReadAgain() {
    long seed = Long.getLong("penstock.property.seed", 1L);
    Instant from = Instant.now().plusSeconds(900).truncatedTo(ChronoUnit.MILLIS);

    serveOnceAndKill(from, new Random(seed));

    Map<String, String> expected = versionsByTimestamp(from);
    assertThat(expected).hasSizeGreaterThanOrEqualTo(RECORDS);
    assertThat(expected.values()).contains("1", "2");
    List<String> wrong = wrong("once", expected);
    List<Double> averages = serveAgainFromTheStart();
    List<String> wrongAgain = wrong("again", expected);
    System.out.printf(
        "effectiveFrom records=%d kills=1 wrong=%d wrongAgain=%d; rows of a run, read again: %.1f"
            + " with the cutover, %.1f without, share %.2f%n",
        expected.size(),
        wrong.size(),
        wrongAgain.size(),
        averages.get(0),
        averages.get(1),
        averages.get(0) / averages.get(1));
    assertThat(averages.get(0) / averages.get(1)).as("share").isGreaterThanOrEqualTo(SHARE_LIMIT);
    assertThat(wrong).as("seed %d", seed).isEmpty();
    assertThat(wrongAgain).as("read again, seed %d", seed).isEmpty();
  }

  private static void serveOnceAndKill(Instant from, Random random) {
    Path config =
        bench.writeConfig(
            "once.yaml", SERVICE, MODELS.formatted(digits, alone) + pipeline("once", "digits"));
    ServiceUnderTest survivor = start(config, "survivor");
    ServiceUnderTest victim = start(config, "victim");
    survivor.awaitReady();
    victim.awaitReady();
    bench.installVersion("digits", 2);
    promote(from);
    ServiceUnderTest successor;
    try (Census census = census("once")) {
      try (DigitLoad load = load(from, random)) {
        Await.until(
            () -> "half of the outcomes, by both versions: " + census + "\n" + victim.log(),
            60,
            () ->
                census.update().outcomes() >= RECORDS / 2
                    && census.perVersion().keySet().containsAll(List.of("1", "2")));
        victim.kill();
        successor = start(config, "successor");
        Await.until("the rest of the load", 60, () -> load.sent() >= RECORDS);
        successor.awaitReady();
      }
      awaitAllOutcomes("once", census, survivor, successor);
    }
    assertThat(successor.terminate()).as(successor.log()).isZero();
    assertThat(survivor.terminate()).as(survivor.log()).isZero();
  }

  private static ServiceUnderTest start(Path config, String name) {
    ServiceUnderTest service = ServiceUnderTest.start(config, folder, name);
    services.add(service);
    return service;
  }

  private static DigitLoad load(Instant from, Random random) {
    long first = from.toEpochMilli() - SPAN_MILLIS / 2;
    return new DigitLoad(
        bench, "in", PARTITIONS, PER_SECOND, () -> first + random.nextInt(SPAN_MILLIS));
  }

  private static String pipeline(String name, String model) {
    return """
      %1$s:
        model: %2$s
        guarantee: exactly_once_v2
        start-from: earliest
        input: {topic: in, format: avro, fields: {pixels: pixels}}
        output: {topic: %1$s, format: avro}
        dead-letters: {topic: %1$s-dead}
    """
        .formatted(name, model);
  }

  private static void promote(Instant from) {
    long command =
        bench.command(
            SERVICE,
            "{\"promote\":{\"model\":\"digits\",\"version\":2,\"effectiveFrom\":\"%s\"}}"
                .formatted(from));
    assertThat(new AuditTrail(records, SERVICE).verdict(command)).isEqualTo("ACTIVATED 2");
  }

  /**
   * Reads the whole input by two pipelines that are new, one of them with a model of one version.
   *
   * @return the average rows of a run of each, that with both versions first
   */
  private static List<Double> serveAgainFromTheStart() {
    Path config =
        bench.writeConfig(
            "again.yaml",
            SERVICE,
            MODELS.formatted(digits, alone)
                + pipeline("again", "digits")
                + pipeline("alone", "alone"));
    ServiceUnderTest one = start(config, "one");
    ServiceUnderTest other = start(config, "other");
    for (String pipeline : List.of("again", "alone")) {
      try (Census census = census(pipeline)) {
        awaitAllOutcomes(pipeline, census, one, other);
      }
    }
    one.awaitReady();
    other.awaitReady();
    String metrics = one.metrics() + other.metrics();
    return List.of(averageRows("again", metrics), averageRows("alone", metrics));
  }

  private static Census census(String output) {
    return new Census(bench.stack().bootstrapServers(), "in", output, output + "-dead");
  }

  private static void awaitAllOutcomes(
      String output, Census census, ServiceUnderTest one, ServiceUnderTest other) {
    Await.until(
        () -> "an outcome for every input: %s%n%s%n%s".formatted(census, one.log(), other.log()),
        60,
        () -> census.update().lost() == 0);
    assertThat(census.duplicated()).as(output).isZero();
    assertThat(census.disorder()).as(output).isEmpty();
    assertThat(census.deadLetters()).as(output).isZero();
  }

  private static Map<String, String> versionsByTimestamp(Instant from) {
    Map<String, String> versions = new TreeMap<>();
    records.forEach(
        "in",
        input ->
            versions.put(
                "in-%d@%d".formatted(input.partition(), input.offset()),
                input.timestamp() < from.toEpochMilli() ? "1" : "2"));
    return versions;
  }

  /** Inputs that another version served than the expected one, or none. */
  private static List<String> wrong(String output, Map<String, String> expected) {
    Map<String, String> missing = new TreeMap<>(expected);
    List<String> wrong = new ArrayList<>();
    records.forEach(
        output,
        outcome -> {
          OutcomeSource source = OutcomeSource.of(outcome);
          String version = missing.remove(source.toString());
          if (!source.version().equals(version)) {
            wrong.add("%s by %s (expected: %s)".formatted(source, source.version(), version));
          }
        });
    missing.forEach((input, version) -> wrong.add(input + " by none (expected: " + version + ")"));
    return wrong;
  }

  private static double averageRows(String pipeline, String metrics) {
    return sum("penstock_run_rows_sum", pipeline, metrics)
        / sum("penstock_run_rows_count", pipeline, metrics);
  }

  private static double sum(String metric, String pipeline, String metrics) {
    Pattern sample =
        Pattern.compile(
            "(?m)^%s\\{[^}]*pipeline=\"%s\"[^}]*\\} (\\S+)".formatted(metric, pipeline));
    return sample
        .matcher(metrics)
        .results()
        .map(match -> match.group(1))
        .mapToDouble(Double::parseDouble)
        .sum();
  }
}
