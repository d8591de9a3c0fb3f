package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.schemas.Command;
import io.penstock.schemas.Cutover;
import io.penstock.schemas.Promote;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.RequestLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Versions come, go and fail while one instance serves: guarantees G4 and G5. Every test begins
 * with version 1 active and versions 1 and 2 in the model's folder.
 */
class PromotionIT {

  private static final String SERVICE = "promotion";
  private static final int PARTITIONS = 4;

  /** A request for one digit, any. */
  private static final String DIGIT =
      "{\"instances\": [[" + "0.5,".repeat(Digits.PIXELS - 1) + "0.5]]}";

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static AuditTrail audit;
  private static Path bare;
  private static Path config;
  private static ServiceUnderTest service;

  @BeforeAll
  static void serveVersionOne() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    audit = new AuditTrail(records, SERVICE);
    bench.createControlTopics(SERVICE);
    bench.createTopics(PARTITIONS, "in", "out", "dead");
    bench.createTopics(1, "bare-in", "bare-out", "bare-dead");
    Path base = bench.installVersion("digits", 1);
    bench.installVersion("digits", 2);
    bare = bench.installVersion("examples/digits/1", "bare", 1);
    config = bench.writeConfig("promotion.yaml", SERVICE, config(base));
    service = ServiceUnderTest.start(config, folder, "a");
    service.awaitReady();
  }

  private static String config(Path digits) {
    return """
            models:
              digits:
                path: "%s"
                settle: 300ms
                poll-interval: 100ms
                versions: {policy: latest, count: 1}
              bare: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
              bare:
                model: bare
                start-from: earliest
                input: {topic: bare-in}
                output: {topic: bare-out}
                dead-letters: {topic: bare-dead}
              digits:
                model: digits
                guarantee: exactly_once_v2
                start-from: earliest
                input: {topic: in, format: avro, fields: {pixels: pixels}}
                output: {topic: out, format: avro}
                dead-letters: {topic: dead}
                threads: 2
            """
        .formatted(digits, bare);
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  /** One test stops the service: where it fails, the others have theirs all the same. */
  @BeforeEach
  void serve() {
    if (!service.isAlive()) {
      service = ServiceUnderTest.start(config, folder, "again");
      service.awaitReady();
    }
  }

  /** Makes a version active, whichever is. */
  private static void activate(int version) {
    assertThat(audit.verdict(bench.promote(SERVICE, "digits", version)))
        .matches("ACTIVATED %d|REJECTED: .* already active".formatted(version));
    awaitServing(version);
  }

  /** An instance flips after the decision is written, so a test has to wait for it. */
  private static void awaitServing(int version) {
    Await.until(
        () -> "version " + version + " serves: " + service.health(),
        30,
        () -> activeVersion().equals(String.valueOf(version)) && service.isReady());
  }

  private static String activeVersion() {
    return service.health().at("/models/digits/active").asText();
  }

  private static JsonNode versions() {
    return service.health().at("/models/digits/versions");
  }

  /** The version that predicts a record that is sent now. */
  private static String versionThatPredicts() {
    return versionThatPredicts("in", "out");
  }

  private static String versionThatPredicts(String input, String output) {
    byte[] value = Digits.framed(bench, input, 0);
    long offset = bench.send(new ProducerRecord<>(input, 0, null, value));
    List<ConsumerRecord<byte[], byte[]>> outcomes = new ArrayList<>();
    Await.until(
        () -> "the outcome of " + input + "-0@" + offset + ":\n" + service.log(),
        30,
        () -> {
          records.forEach(
              output,
              outcome -> {
                if (outcome.partition() == 0 && OutcomeSource.of(outcome).offset() == offset) {
                  outcomes.add(outcome);
                }
              });
          return !outcomes.isEmpty();
        });
    return OutcomeSource.of(outcomes.get(0)).version();
  }

  @Test
  void shouldCutOverUnderLoadOnALineOfJsonAndGiveTheOldVersionsMemoryBack() {
    activate(1);
    long command;
    try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 500);
        RequestLoad requests = new RequestLoad(service, "digits", DIGIT)) {
      Await.until(
          "version 1 answers every partition, and requests",
          30,
          () -> answersEverywhere("1") && requests.answered() > 0);

      command = bench.promote(SERVICE, "digits", 2);

      assertThat(audit.verdict(command)).isEqualTo("ACTIVATED 2");
      awaitServing(2);
      long then = load.sent();
      long answeredThen = requests.answered();
      Await.until(
          "some more load",
          30,
          () ->
              load.sent() > then + 200 && requests.answered() > answeredThen + RequestLoad.CALLERS);
      assertThat(requests.refusals()).isEmpty();
      assertThat(requests.versions()).containsExactly("1", "2");
    }
    assertThat(versionThatPredicts()).isEqualTo("2");
    Await.until(
        () -> "version 1 is unloaded: " + versions(),
        30,
        () -> !versions().has("1") || versions().get("1").asText().equals("END"));
    assertThat(versions().get("2").asText()).isEqualTo("AVAILABLE");
    try (Census census = awaitAllOutcomes()) {
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
      assertThat(census.deadLetters()).isZero();
    }
    assertThat(audit.cutovers())
        .filteredOn(cutover -> cutover.getEpoch() == command)
        .hasSize(PARTITIONS)
        .allSatisfy(
            cutover -> {
              assertThat(cutover.getFrom()).isEqualTo(1);
              assertThat(cutover.getTo()).isEqualTo(2);
            });
  }

  /** Whether the last outcome of every partition is by that version. */
  private static boolean answersEverywhere(String version) {
    Map<Integer, String> last = new HashMap<>();
    for (ConsumerRecord<byte[], byte[]> outcome : records.list("out")) {
      last.put(outcome.partition(), OutcomeSource.of(outcome).version());
    }
    return last.size() == PARTITIONS && last.values().stream().allMatch(version::equals);
  }

  private static Census awaitAllOutcomes() {
    Census census = new Census(bench.stack().bootstrapServers(), "in", "out", "dead");
    Await.until(
        () -> "an outcome for every input: " + census, 60, () -> census.update().lost() == 0);
    return census;
  }

  @Test
  void shouldTellInTheAuditWhichVersionServedEveryRecord() {
    activate(1);
    versionThatPredicts();
    activate(2);
    versionThatPredicts();
    awaitAllOutcomes().close();

    Map<String, NavigableMap<Long, Cutover>> timelines = new HashMap<>();
    audit.cutovers().stream()
        .filter(cutover -> cutover.getPipeline().equals("digits"))
        .forEach(
            cutover ->
                timelines
                    .computeIfAbsent(text(cutover), partition -> new TreeMap<>())
                    .put(cutover.getOffset(), cutover));
    List<String> told = new ArrayList<>();
    List<String> served = new ArrayList<>();
    records.forEach(
        "out",
        outcome -> {
          OutcomeSource source = OutcomeSource.of(outcome);
          Cutover last =
              timelines
                  .get("%s of %s".formatted(source.input(), source.pipeline()))
                  .floorEntry(source.offset())
                  .getValue();
          Instant from = last.getEffectiveFrom();
          boolean early = from != null && outcome.timestamp() < from.toEpochMilli();
          told.add(
              "%s by %s/%d"
                  .formatted(source, last.getModel(), early ? last.getFrom() : last.getTo()));
          served.add("%s by %s/%s".formatted(source, source.model(), source.version()));
        });

    assertThat(served).isNotEmpty().isEqualTo(told);
    for (NavigableMap<Long, Cutover> timeline : timelines.values()) {
      for (Cutover cutover : timeline.tailMap(timeline.firstKey(), false).values()) {
        Cutover before = timeline.lowerEntry(cutover.getOffset()).getValue();
        // With a timestamp it names what serves earlier records, whether any of them came or not.
        boolean goesOn =
            cutover.getFrom() == null
                || cutover.getEffectiveFrom() != null
                || cutover.getFrom() == before.getTo();
        assertThat(goesOn).as("%s after %s", cutover, before).isTrue();
      }
    }
  }

  /** Their timestamps are ahead of the clock, so that nobody has to wait for the time to come. */
  @Test
  void shouldServeEachRecordByTheVersionThatItsTimestampSays() {
    activate(1);
    Instant from = Instant.now().plusSeconds(300).truncatedTo(ChronoUnit.MILLIS);
    long command = promoteFrom(2, from);
    assertThat(audit.verdict(command)).isEqualTo("ACTIVATED 2");
    awaitServing(2);
    assertThat(versions().get("1").asText()).as("for earlier records").isEqualTo("AVAILABLE");

    long seed = Long.getLong("penstock.property.seed", 1L);
    Map<String, String> expected = sendAround(from, new Random(seed), 400);

    assertThat(servedOf(expected.keySet())).as("seed %d", seed).isEqualTo(expected);
    assertThat(audit.cutovers())
        .filteredOn(cutover -> cutover.getEpoch() == command)
        .as("one a partition, however often versions alternate")
        .hasSize(PARTITIONS)
        .allSatisfy(cutover -> assertThat(cutover.getEffectiveFrom()).isEqualTo(from));
    assertThat(audit.verdict(promoteFrom(1, from)))
        .startsWith("REJECTED: promote.effectiveFrom: ")
        .contains("while digits/1 still serves records from before " + from);

    long forAll = bench.promote(SERVICE, "digits", 2);
    assertThat(audit.verdict(forAll)).isEqualTo("ACTIVATED 2");
    Await.until(
        () -> "version 1 serves no more: " + versions(),
        30,
        () -> !versions().has("1") || versions().get("1").asText().equals("END"));
    assertThat(versionThatPredicts()).isEqualTo("2");
    assertThat(audit.verdict(promoteFrom(1, from.minusSeconds(1))))
        .startsWith("ABORTED 1: ")
        .contains("pipeline digits has read a record of " + from.minusSeconds(1));
  }

  private static long promoteFrom(int version, Instant from) {
    return bench.command(
        SERVICE,
        "{\"promote\":{\"model\":\"digits\",\"version\":%d,\"effectiveFrom\":\"%s\"}}"
            .formatted(version, from));
  }

  /** Records over all partitions, within two seconds of an instant; who is to serve each. */
  private static Map<String, String> sendAround(Instant from, Random random, int records) {
    byte[] value = Digits.framed(bench, "in", 0);
    Map<String, String> expected = new TreeMap<>();
    for (int i = 0; i < records; i++) {
      int partition = i % PARTITIONS;
      long timestamp = from.toEpochMilli() - 2_000 + random.nextInt(4_000);
      long offset = bench.send(new ProducerRecord<>("in", partition, timestamp, null, value));
      expected.put(
          "in-%d@%d".formatted(partition, offset), timestamp < from.toEpochMilli() ? "1" : "2");
    }
    return expected;
  }

  /** The versions in the outcomes of those inputs, once all are there. */
  private static Map<String, String> servedOf(Set<String> inputs) {
    Map<String, String> served = new TreeMap<>();
    Await.until(
        () -> "outcomes of %d inputs: %d".formatted(inputs.size(), served.size()),
        30,
        () -> {
          records.forEach(
              "out",
              outcome -> {
                OutcomeSource source = OutcomeSource.of(outcome);
                if (inputs.contains(source.toString())) {
                  served.put(source.toString(), source.version());
                }
              });
          return served.size() == inputs.size();
        });
    return served;
  }

  /**
   * Everything that the class has sent until then, and more of it over three promotions: {@code
   * -Dreplay.records=100000} for as much as is wanted.
   */
  @Test
  void shouldGiveTheSameOutcomesAgainWhenItsInputIsReplayedByTheTimeline() {
    int sent = Integer.getInteger("replay.records", 800);
    activate(1);
    try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, Math.max(500, sent / 60))) {
      for (int promotion = 1; promotion <= 3; promotion++) {
        int part = sent * promotion / 4;
        Await.until("load before a promotion", 300, () -> load.sent() >= part);
        activate(promotion % 2 == 0 ? 1 : 2);
      }
      Await.until("the rest of the load", 300, () -> load.sent() >= sent);
    }
    awaitAllOutcomes().close();
    bench.createTopics(PARTITIONS, "again", "again-dead");

    Penstock.Ended replay =
        replay(
            config, "--versions", "timeline", "--to", "again", "--dead-letters-to", "again-dead");

    assertThat(replay.exitCode()).as(replay.output()).isZero();
    Map<String, ConsumerRecord<byte[], byte[]>> first = bySource("out");
    try (Census census =
        new Census(bench.stack().bootstrapServers(), "in", "again", "again-dead")) {
      assertThat(census.update().lost()).isZero();
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
      assertThat(census.perVersion().keySet()).contains("1", "2");
      assertThat(replay.output()).contains("\"records\":" + census.inputs());
    }
    bySource("again")
        .forEach((source, again) -> assertSameOutcome(source, again, first.get(source)));
  }

  private static Penstock.Ended replay(Path config, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of("pipeline", "replay", "digits", "--config", config.toString(), "--from", "0"));
    words.addAll(List.of(more));
    words.addAll(List.of("--output", "json"));
    return Penstock.run(300, folder.resolve("replay.log"), Map.of(), words.toArray(String[]::new));
  }

  /** Outcomes by the inputs that they name. */
  private static Map<String, ConsumerRecord<byte[], byte[]>> bySource(String topic) {
    Map<String, ConsumerRecord<byte[], byte[]>> outcomes = new TreeMap<>();
    records.forEach(topic, outcome -> outcomes.put(OutcomeSource.of(outcome).toString(), outcome));
    return outcomes;
  }

  /** A row's last bits differ between a run of one row and a run of several. */
  private static void assertSameOutcome(
      String source, ConsumerRecord<byte[], byte[]> again, ConsumerRecord<byte[], byte[]> first) {
    assertThat(OutcomeSource.of(again)).isEqualTo(OutcomeSource.of(first));
    assertThat(again.partition()).as(source).isEqualTo(first.partition());
    assertThat(again.timestamp()).as(source).isEqualTo(first.timestamp());
    assertThat(again.key()).as(source).isEqualTo(first.key());
    assertThat(numbers(again))
        .as(source)
        .usingElementComparator((one, other) -> Math.abs(one - other) < 1e-5 ? 0 : 1)
        .isEqualTo(numbers(first));
  }

  private static List<Double> numbers(ConsumerRecord<byte[], byte[]> outcome) {
    GenericRecord prediction = bench.unframed(outcome.value());
    List<Double> numbers = new ArrayList<>();
    for (Schema.Field field : prediction.getSchema().getFields()) {
      Object value = prediction.get(field.pos());
      List<?> values = value instanceof List<?> list ? list : List.of(value);
      values.forEach(number -> numbers.add(((Number) number).doubleValue()));
    }
    return numbers;
  }

  @Test
  void shouldNotReplayWhatItCannotReplayExactly() {
    activate(1);
    versionThatPredicts();
    activate(2);
    versionThatPredicts();
    awaitAllOutcomes().close();
    bench.createTopics(PARTITIONS, "never");
    Path onlyOne = bench.installVersion("examples/digits/1", "elsewhere", 1);

    Penstock.Ended refused =
        replay(bench.writeConfig("elsewhere.yaml", SERVICE, config(onlyOne)), "--to", "never");

    assertThat(refused.exitCode()).isEqualTo(1);
    assertThat(refused.output())
        .contains("digits/2, by which records are to be replayed, cannot be had from " + onlyOne)
        .contains("Nothing is written.");
    assertThat(records.list("never")).isEmpty();
  }

  private static String text(Cutover cutover) {
    return "%s-%d of %s"
        .formatted(cutover.getTopic(), cutover.getPartition(), cutover.getPipeline());
  }

  @Test
  void shouldServeOnWhenAVersionIsNoModel() throws IOException {
    activate(1);
    Path version = Files.createDirectories(folder.resolve("models/digits/3"));
    Files.write(version.resolve("saved_model.pb"), new byte[] {1, 2, 3, 4});

    String verdict = audit.verdict(bench.promote(SERVICE, "digits", 3));

    assertThat(verdict).startsWith("ABORTED 3: ").contains("saved_model.pb");
    assertThat(activeVersion()).isEqualTo("1");
    assertThat(versionThatPredicts()).isEqualTo("1");
    Await.until("it is ready", 30, service::isReady);
    Files.delete(version.resolve("saved_model.pb"));
    Files.delete(version);
  }

  @Test
  void shouldServeOnWhenTheMappingDoesNotFitAVersion() {
    activate(1);
    bench.installVersion("examples/cars-mpg/1", "digits", 4);

    String verdict = audit.verdict(bench.promote(SERVICE, "digits", 4));

    assertThat(verdict)
        .startsWith("ABORTED 4: ")
        .contains("fields.pixels is no input")
        .contains("Unlike digits/1, which serves: input pixels: float32[-1,64] is gone; ");
    assertThat(activeVersion()).isEqualTo("1");
    assertThat(versionThatPredicts()).isEqualTo("1");
  }

  /** The pipeline names no fields: each input takes the field of its own name. */
  @Test
  void shouldServeOnWhenTheInputsNewestSchemaDoesNotFitAVersion() {
    assertThat(versionThatPredicts("bare-in", "bare-out")).isEqualTo("1");
    bench.installVersion("examples/cars-mpg/1", "bare", 2);

    String verdict = audit.verdict(bench.promote(SERVICE, "bare", 2));

    assertThat(verdict)
        .startsWith("ABORTED 2: ")
        .contains("Pipeline bare: bare/2", "subject bare-in-value", "(key: input.fields, ");
    assertThat(service.health().at("/models/bare/active").asText()).isEqualTo("1");
    assertThat(versionThatPredicts("bare-in", "bare-out")).isEqualTo("1");
    assertThat(records.list("bare-dead")).isEmpty();
  }

  @Test
  void shouldSayThatAVersionOrAModelDoesNotExist() {
    activate(1);

    String noVersion = audit.verdict(bench.promote(SERVICE, "digits", 99));
    String noModel = audit.verdict(bench.promote(SERVICE, "cats", 1));

    assertThat(noVersion).startsWith("ABORTED 99: ").contains("digits/99");
    assertThat(noModel).isEqualTo("REJECTED: model: cats (expected: one of bare, digits)");
    assertThat(versionThatPredicts()).isEqualTo("1");
  }

  @Test
  void shouldRollBack() {
    activate(1);
    activate(2);

    long command = bench.command(SERVICE, "{\"rollback\":{\"model\":\"digits\"}}");

    assertThat(audit.verdict(command)).isEqualTo("ACTIVATED 1");
    awaitServing(1);
    assertThat(versionThatPredicts()).isEqualTo("1");
  }

  @Test
  void shouldTakeNoRecordsOfAPipelineThatIsPausedUntilItIsResumed() {
    activate(1);
    assertThat(audit.verdict(bench.command(SERVICE, "{\"pause\":{\"pipeline\":\"digits\"}}")))
        .isEqualTo("DONE");
    awaitPipeline("PAUSED");
    long offset = bench.send(new ProducerRecord<>("in", 0, null, Digits.framed(bench, "in", 0)));
    assertThat(versionThatPredicts("bare-in", "bare-out")).as("the other one").isEqualTo("1");
    assertThat(bySource("out")).doesNotContainKey("in-0@" + offset);

    assertThat(audit.verdict(bench.command(SERVICE, "{\"resume\":{\"pipeline\":\"digits\"}}")))
        .isEqualTo("DONE");

    awaitPipeline("RUNNING");
    Await.until("what waited", 30, () -> bySource("out").containsKey("in-0@" + offset));
  }

  private static void awaitPipeline(String state) {
    Await.until(
        () -> "the pipeline is " + state + ": " + service.health(),
        30,
        () -> service.health().at("/pipelines/digits/state").asText().equals(state));
  }

  /** The policy keeps the newest version only, and the active one is kept whatever it says. */
  @Test
  void shouldLoadAndUnloadAVersionByCommand() {
    activate(2);
    awaitState(1, "END");

    String loaded = audit.verdict(bench.command(SERVICE, holding("load", 1)));
    awaitState(1, "AVAILABLE");
    String active = audit.verdict(bench.command(SERVICE, holding("unload", 2)));
    String unloaded = audit.verdict(bench.command(SERVICE, holding("unload", 1)));
    awaitState(1, "END");

    assertThat(List.of(loaded, unloaded)).containsOnly("DONE");
    assertThat(active).startsWith("REJECTED: digits/2 is active");
    assertThat(versionThatPredicts()).isEqualTo("2");
  }

  private static String holding(String command, int version) {
    return "{\"%s\":{\"model\":\"digits\",\"version\":%d}}".formatted(command, version);
  }

  private static void awaitState(int version, String state) {
    Await.until(
        () -> "version " + version + " is " + state + ": " + versions(),
        30,
        () -> versions().path(String.valueOf(version)).asText("END").equals(state));
  }

  @Test
  void shouldTakeACommandInAvro() {
    activate(1);
    int schemaId = bench.registry().register(SERVICE + ".control-value", Command.getClassSchema());
    GenericRecord promote = new GenericData.Record(Promote.getClassSchema());
    promote.put("model", "digits");
    promote.put("version", 2L);
    GenericRecord command = new GenericData.Record(Command.getClassSchema());
    command.put("promote", promote);
    command.put("by", "a client that speaks Avro");

    long offset =
        bench.send(new ProducerRecord<>(SERVICE + ".control", Workbench.framed(schemaId, command)));

    assertThat(audit.verdict(offset)).isEqualTo("ACTIVATED 2");
    awaitServing(2);
    assertThat(versionThatPredicts()).isEqualTo("2");
  }

  @Test
  void shouldDrainBeforeItUnloadsAndServeWhatWasDecidedAfterARestart() {
    activate(2);
    activate(1);
    try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 500)) {
      Await.until("some load", 30, () -> load.sent() > 500);

      int before = service.wholeLog().length();
      assertThat(service.terminate()).as(service.log()).isZero();

      assertThat(service.wholeLog().substring(before))
          .doesNotContain(" ERROR ", "stream thread replaced")
          .as("pipelines end before the instance leaves the fleet")
          .containsSubsequence(
              "pipeline paused pipeline=digits cause=STOPPING",
              "pipeline=digits state=NOT_RUNNING",
              "not the controller any longer");
      service = ServiceUnderTest.start(config, folder, "b");
      service.awaitReady();
    }
    assertThat(activeVersion()).isEqualTo("1");
    assertThat(versionThatPredicts()).isEqualTo("1");
    try (Census census = awaitAllOutcomes()) {
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
    }
  }
}
