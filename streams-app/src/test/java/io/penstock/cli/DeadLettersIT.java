package io.penstock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.deadletter.DeadLetterEncoder;
import io.penstock.codec.deadletter.RefusedRecord;
import io.penstock.model.ServableId;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code dead-letters} over a topic with letters in both formats. */
class DeadLettersIT {

  private static final int MEBIBYTE = 1 << 20;

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static Path config;
  private static int runs;

  @BeforeAll
  static void writeLetters() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createTopics(2, "in", "dead");
    config =
        bench.writeConfig(
            "letters.yaml",
            "letters",
            """
            models:
              m: {path: models}
            pipelines:
              p:
                model: m
                start-from: earliest
                input: {topic: in, format: avro}
                output: {topic: out, format: avro}
                dead-letters: {topic: dead}
            """);
    DeadLetterEncoder avro = DeadLetterEncoder.avro(bench.registry(), "dead", true);
    DeadLetterEncoder json = DeadLetterEncoder.json();
    send(avro.encode(letter(3, DeadLetterReason.MALFORMED, new byte[] {(byte) 0xff}), MEBIBYTE));
    send(json.encode(letter(5, DeadLetterReason.NULL_FIELD, "{}".getBytes(UTF_8)), MEBIBYTE));
    send("no letter".getBytes(UTF_8));
    send(json.encode(letter(7, DeadLetterReason.MALFORMED, new byte[5_000]), 4_096));
    send(avro.encode(letter(9, DeadLetterReason.MALFORMED, null), MEBIBYTE));
    send(new byte[] {0, 0x7f, 1, 2, 3, 4}); // Of a schema that the registry does not know.
    send(json.encode(letter("q", 11, DeadLetterReason.MALFORMED, new byte[1]), MEBIBYTE));
    send(json.encode(letter(13, DeadLetterReason.TOO_OLD, new byte[2]), MEBIBYTE));
  }

  private static void send(byte[] value) {
    bench.send(new ProducerRecord<>("dead", 0, null, value));
  }

  private static RefusedRecord letter(long offset, DeadLetterReason reason, byte[] value) {
    return letter("p", offset, reason, value);
  }

  private static RefusedRecord letter(
      String pipeline, long offset, DeadLetterReason reason, byte[] value) {
    RecordHeaders headers = new RecordHeaders();
    headers.add("trace", ("t" + offset).getBytes(UTF_8));
    return new RefusedRecord(
        pipeline,
        new ServableId("m", 1),
        reason,
        "why " + offset,
        "in",
        1,
        offset,
        1_700_000_000_000L + offset,
        "k".getBytes(UTF_8),
        value,
        headers);
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @Test
  void shouldListThemWithTheirReasonsAndInputs() {
    assertThat(run(0, "list"))
        .contains(
            "0@0  MALFORMED  in-1@3  why 3",
            "0@1  NULL_FIELD  in-1@5  why 5",
            "0@3  MALFORMED  in-1@7  why 7",
            "0@7  TOO_OLD  in-1@13  why 13",
            "5 dead letters: {MALFORMED=3, NULL_FIELD=1, TOO_OLD=1}",
            "passed over, of other pipelines: {q=1}",
            "passed over, since they are no dead letters: 2: 0@2 (This is no dead letter: it begins"
                + " with neither '{' nor a schema id), 0@5 (")
        .doesNotContain("why 11");
    assertThat(run(0, "list", "--reason", "NULL_FIELD"))
        .contains("0@1  NULL_FIELD", "1 dead letters: {NULL_FIELD=1}")
        .doesNotContain("why 3");
  }

  @Test
  void shouldShowOneWhole() {
    assertThat(run(0, "show", "--at", "0@1"))
        .contains("\"reason\":\"NULL_FIELD\"", "\"value\":\"{}\"", "\"offset\":5")
        .doesNotContain("MALFORMED");
    assertThat(run(1, "show", "--at", "1@99")).contains("no dead letter is meant");
  }

  @Test
  void shouldSendTheChosenOnesAgainAsTheyWere() {
    assertThat(run(2, "replay")).contains("nothing is chosen (expected: --reason, --at or --all");
    assertThat(run(1, "replay", "--all", "--dry-run"))
        .contains(
            "0@0  MALFORMED",
            "would be sent: 4",
            "not sent, since they hold the record's beginning only: 1: 0@3",
            "no dead letters: 2: 0@2")
        .contains("of these were TOO_OLD, and are again while batch.max-age stays: 1");
    assertThat(records.list("in")).isEmpty();

    assertThat(run(1, "replay", "--reason", "MALFORMED")).contains("sent: 2", "only: 1: 0@3");
    assertThat(run(0, "replay", "--reason", "MALFORMED", "--after", "0@4")).contains("sent: 0");

    List<String> sent = new ArrayList<>();
    for (ConsumerRecord<byte[], byte[]> record : records.list("in")) {
      sent.add(
          "%d %s %s %d %s %s"
              .formatted(
                  record.partition(),
                  new String(record.key(), UTF_8),
                  record.value() == null ? "null" : record.value().length + " bytes",
                  record.timestamp(),
                  new String(record.headers().lastHeader("trace").value(), UTF_8),
                  new String(
                      record.headers().lastHeader("penstock-replayed-from").value(), UTF_8)));
    }
    assertThat(sent)
        .containsExactly(
            "1 k 1 bytes 1700000000003 t3 dead-0@0", "1 k null 1700000000009 t9 dead-0@4");
  }

  private static String run(int exitCode, String... arguments) {
    List<String> command = new ArrayList<>(List.of("dead-letters"));
    command.addAll(List.of(arguments));
    command.addAll(List.of("--config", config.toString()));
    Penstock.Ended ended =
        Penstock.run(
            60, folder.resolve("run-" + ++runs + ".log"), Map.of(), command.toArray(String[]::new));
    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(exitCode);
    return ended.output();
  }
}
