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
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static AuditTrail audit;
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
    Path bare = bench.installVersion("examples/digits/1", "bare", 1);
    config =
        bench.writeConfig(
            "promotion.yaml",
            SERVICE,
            """
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
                .formatted(base, bare));
    service = ServiceUnderTest.start(config, folder, "a");
    service.awaitReady();
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
    try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 500)) {
      Await.until("some load", 30, () -> load.sent() > 200);

      command = bench.promote(SERVICE, "digits", 2);

      assertThat(audit.verdict(command)).isEqualTo("ACTIVATED 2");
      awaitServing(2);
      long then = load.sent();
      Await.until("some more load", 30, () -> load.sent() > then + 200);
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

    Map<Integer, Long> servedBy = new HashMap<>();
    List<String> changes = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> outcome : records.list("out")) {
      OutcomeSource source = OutcomeSource.of(outcome);
      long version = Long.parseLong(source.version());
      Long before = servedBy.put(outcome.partition(), version);
      if (before != null && before != version) {
        changes.add("%s to %d".formatted(source, version));
      }
    }

    List<Cutover> cutovers = audit.cutovers();
    assertThat(changes).isNotEmpty().isSubsetOf(cutovers.stream().map(PromotionIT::text).toList());
    assertThat(cutovers.stream().filter(c -> c.getFrom() != null).map(PromotionIT::text))
        .isSubsetOf(changes);
  }

  private static String text(Cutover cutover) {
    return "%s-%d@%d to %d"
        .formatted(
            cutover.getTopic(), cutover.getPartition(), cutover.getOffset(), cutover.getTo());
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
    assertThat(service.isReady()).isTrue();
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
        .contains("Pipeline bare: bare/2", "subject bare-in-value", "pipelines.bare.input.fields");
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

      assertThat(service.terminate()).as(service.log()).isZero();

      assertThat(service.log()).doesNotContain(" ERROR ", "stream thread replaced");
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
