package io.penstock.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Bad records of every kind, each between good neighbours, and the same good records alone through
 * another pipeline: guarantee G6.
 */
class GarbageIT {

  private static final String SERVICE = "garbage";
  private static final int ROUNDS = 3;
  private static final int LARGE_BYTES = 3 << 19;
  private static final Offset<Float> TOLERANCE = Offset.offset(1e-5f);

  /** No text, and no frame with a schema's id. */
  private static final byte[] KEY = {0, -1, 'k', -61};

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static ServiceUnderTest service;

  /** What was sent at which offset of the input, and which digit was sent where. */
  private static final Map<Garbage, TreeMap<Long, byte[]>> GARBAGE = new EnumMap<>(Garbage.class);

  private static final Map<Long, Integer> DIGITS = new TreeMap<>();

  /** A kind of bad record, and the reason that its dead letter is to give. */
  private enum Garbage {
    RANDOM_BYTES("MALFORMED"),
    NOTHING("MALFORMED"),
    CUT_SHORT("MALFORMED"),
    LARGER_THAN_THE_PRODUCER_TAKES("MALFORMED"),
    UNKNOWN_SCHEMA_ID("UNKNOWN_SCHEMA"),
    ANOTHER_SCHEMA("SCHEMA_MISMATCH"),
    WRONG_LENGTH("SHAPE_MISMATCH"),
    NULL_VALUE("NULL_VALUE"),
    NULL_FIELD("NULL_FIELD");

    private final String reason;

    Garbage(String reason) {
      this.reason = reason;
    }
  }

  @BeforeAll
  static void serveGarbage() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    bench.createControlTopics(SERVICE);
    bench
        .stack()
        .createTopics(
            new NewTopic("dirty", 1, (short) 1)
                .configs(Map.of("max.message.bytes", String.valueOf(2 * LARGE_BYTES))));
    bench.createTopics(1, "clean", "out-dirty", "dead-dirty", "out-clean", "dead-clean");
    Path base = bench.installVersion("digits", 1);
    Path config =
        bench.writeConfig(
            "garbage.yaml",
            SERVICE,
            """
            models:
              digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
              dirty:
                model: digits
                start-from: earliest
                input: {topic: dirty, format: avro}
                output: {topic: out-dirty, format: avro}
                dead-letters: {topic: dead-dirty}
              clean:
                model: digits
                start-from: earliest
                input: {topic: clean, format: avro}
                output: {topic: out-clean, format: avro}
                dead-letters: {topic: dead-clean}
            """
                .formatted(base));
    service = ServiceUnderTest.start(config, folder, SERVICE);
    Random random = new Random(42);
    for (int round = 0; round < ROUNDS; round++) {
      for (Garbage kind : Garbage.values()) {
        sendDigit();
        send(kind, value(kind, random));
      }
      sendDigit();
    }
    records.await("out-clean", DIGITS.size());
    records.await("out-dirty", DIGITS.size());
    records.await("dead-dirty", Garbage.values().length * ROUNDS);
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  private static void sendDigit() {
    int number = DIGITS.size();
    long offset = bench.send(record("dirty", Digits.framed(bench, "dirty", number)));
    bench.send(record("clean", Digits.framed(bench, "clean", number)));
    DIGITS.put(offset, number);
  }

  private static void send(Garbage kind, byte[] value) {
    long offset = bench.send(record("dirty", value));
    GARBAGE.computeIfAbsent(kind, k -> new TreeMap<>()).put(offset, value);
  }

  private static ProducerRecord<byte[], byte[]> record(String topic, byte[] value) {
    ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, 0, KEY, value);
    record.headers().add("trace", "t-1".getBytes(UTF_8));
    return record;
  }

  private static byte[] value(Garbage kind, Random random) {
    return switch (kind) {
      case RANDOM_BYTES -> random(random, 200);
      case NOTHING -> new byte[0];
      case CUT_SHORT -> Arrays.copyOf(Digits.framed(bench, "dirty", 0), 100);
      case LARGER_THAN_THE_PRODUCER_TAKES -> random(random, LARGE_BYTES);
      case UNKNOWN_SCHEMA_ID ->
          ByteBuffer.wrap(Digits.framed(bench, "dirty", 0)).putInt(1, 987_654).array();
      case ANOTHER_SCHEMA -> {
        GenericRecord other =
            new GenericData.Record(
                Workbench.schema(
                    """
                    {"type": "record", "name": "Payment",
                     "fields": [{"name": "amount", "type": "double"}]}
                    """));
        other.put("amount", 12.5);
        yield framed("other", other);
      }
      case WRONG_LENGTH -> framed("dirty", Digits.digit(0, Digits.PIXELS - 1));
      case NULL_VALUE -> null;
      case NULL_FIELD ->
          framed(
              "nullable",
              new GenericData.Record(
                  Workbench.schema(
                      """
                      {"type": "record", "name": "Digit", "fields": [
                        {"name": "pixels", "type": ["null", {"type": "array", "items": "float"}]}]}
                      """)));
    };
  }

  private static byte[] framed(String subject, GenericRecord record) {
    int id = bench.registry().register(subject + "-value", record.getSchema());
    return Workbench.framed(id, record);
  }

  /** Bytes that do not begin as Confluent's framing does. */
  private static byte[] random(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    bytes[0] = 1;
    return bytes;
  }

  @ParameterizedTest
  @EnumSource
  void shouldTurnEachIntoOneDeadLetterWithReasonBytesAndCoordinates(Garbage kind) throws Exception {
    List<ConsumerRecord<byte[], byte[]>> all = records.list("dead-dirty");
    for (Map.Entry<Long, byte[]> sent : GARBAGE.get(kind).entrySet()) {
      List<ConsumerRecord<byte[], byte[]>> letters = at(sent.getKey(), all);

      assertThat(letters).hasSize(1);
      ConsumerRecord<byte[], byte[]> record = letters.get(0);
      assertThat(record.key()).isEqualTo(KEY);
      assertThat(Census.header(record, "penstock-reason")).isEqualTo(kind.reason);
      assertThat(OutcomeSource.of(record).version()).isEqualTo("1");
      assertThat(Census.header(record, "trace")).isEqualTo("t-1");
      GenericRecord letter = bench.unframed(record.value());
      assertThat(letter.get("reason")).hasToString(kind.reason);
      assertThat(letter.get("message").toString()).isNotBlank();
      assertThat(letter.get("pipeline")).hasToString("dirty");
      assertThat(letter.get("model")).hasToString("digits");
      assertThat(letter.get("version")).isEqualTo(1L);
      assertThat(letter.get("topic")).hasToString("dirty");
      assertThat(letter.get("partition")).isEqualTo(0);
      assertThat(letter.get("offset")).isEqualTo(sent.getKey());
      assertRawBytes(letter, sent.getValue());
    }
  }

  private static void assertRawBytes(GenericRecord letter, byte[] sent) throws Exception {
    ByteBuffer value = (ByteBuffer) letter.get("value");
    if (sent == null) {
      assertThat(value).isNull();
    } else if (sent.length < LARGE_BYTES) {
      assertThat(letter.get("truncated")).isEqualTo(false);
      assertThat(value).isEqualTo(ByteBuffer.wrap(sent));
      assertThat((List<?>) letter.get("headers")).hasSize(1);
    } else {
      assertThat(letter.get("truncated")).isEqualTo(true);
      assertThat(letter.get("valueBytes")).isEqualTo(sent.length);
      assertThat(letter.get("valueSha256"))
          .hasToString(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(sent)));
      assertThat(value.remaining()).isGreaterThan(LARGE_BYTES / 2);
      assertThat(value).isEqualTo(ByteBuffer.wrap(sent, 0, value.remaining()));
    }
  }

  @Test
  void shouldPredictTheNeighboursAsIfTheyWereAlone() {
    List<ConsumerRecord<byte[], byte[]>> dirty = records.list("out-dirty");
    List<ConsumerRecord<byte[], byte[]>> clean = records.list("out-clean");

    assertThat(dirty)
        .hasSameSizeAs(DIGITS.keySet())
        .allSatisfy(p -> assertThat(p.key()).isEqualTo(KEY));
    assertThat(clean).hasSameSizeAs(dirty);
    for (Map.Entry<Long, Integer> sent : DIGITS.entrySet()) {
      List<Float> alone = probabilities(at(sent.getValue(), clean).get(0));
      List<Float> amongGarbage = probabilities(at(sent.getKey(), dirty).get(0));
      assertThat(alone).hasSize(10);
      for (int i = 0; i < alone.size(); i++) {
        assertThat(amongGarbage.get(i)).as("at %s", sent).isCloseTo(alone.get(i), TOLERANCE);
      }
    }
  }

  @Test
  void shouldKeepInputOrderInBothTopicsAndLoseNothing() {
    try (Census census =
        new Census(bench.stack().bootstrapServers(), "dirty", "out-dirty", "dead-dirty")) {
      census.update();
      assertThat(census.inputs()).isEqualTo(DIGITS.size() + Garbage.values().length * ROUNDS);
      assertThat(census.lost()).isZero();
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
    }
    assertThat(records.list("dead-clean")).isEmpty();
  }

  /** The outcomes of the input at an offset. */
  private static List<ConsumerRecord<byte[], byte[]>> at(
      long offset, List<ConsumerRecord<byte[], byte[]>> outcomes) {
    return outcomes.stream().filter(o -> OutcomeSource.of(o).offset() == offset).toList();
  }

  private static List<Float> probabilities(ConsumerRecord<byte[], byte[]> record) {
    List<Float> values = new ArrayList<>();
    ((List<?>) bench.unframed(record.value()).get("probabilities"))
        .forEach(value -> values.add((Float) value));
    return values;
  }
}
