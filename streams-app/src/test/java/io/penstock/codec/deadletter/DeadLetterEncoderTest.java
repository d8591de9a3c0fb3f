package io.penstock.codec.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.codec.DeadLetterReason;
import io.penstock.model.ServableId;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.registry.RegistryException;
import io.penstock.registry.WireFormat;
import io.penstock.schemas.DeadLetter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterEncoderTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MEBIBYTE = 1 << 20;
  private static final Schema SCHEMA = DeadLetterEncoder.schema();

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final DeadLetterEncoder encoder = DeadLetterEncoder.avro(registry, "dead", true);

  @Test
  void shouldKeepARecordWhole() throws IOException {
    // given
    RecordHeaders headers = new RecordHeaders();
    headers.add("trace", new byte[] {1}).add("empty", null);
    RefusedRecord record =
        record("It is broken.", new byte[] {1, 2}, new byte[] {3, 4, 5}, headers);

    // when
    byte[] bytes = encoder.encode(record, MEBIBYTE);

    // then
    assertThat(decode(bytes))
        .hasToString(
            "{\"pipeline\": \"payments-fraud\", \"model\": \"fraud\", \"version\": 3, \"stage\":"
                + " \"DECODE\", \"reason\": \"MALFORMED\", \"message\": \"It is broken.\", \"topic\":"
                + " \"payments\", \"partition\": 4, \"offset\": 1099511627776, \"timestamp\":"
                + " 1700000000000, \"key\": \"\\u0001\\u0002\", \"value\":"
                + " \"\\u0003\\u0004\\u0005\", \"headers\": [{\"key\": \"trace\", \"value\":"
                + " \"\\u0001\"}, {\"key\": \"empty\", \"value\": null}], \"keyBytes\": 2,"
                + " \"valueBytes\": 3, \"truncated\": false, \"keySha256\": null, \"valueSha256\":"
                + " null}");
  }

  @Test
  void shouldKeepNullsNull() throws IOException {
    RefusedRecord record =
        new RefusedRecord(
            "p",
            null,
            DeadLetterReason.NULL_VALUE,
            "m",
            "t",
            0,
            0,
            0,
            null,
            null,
            new RecordHeaders());

    GenericRecord letter = decode(encoder.encode(record, MEBIBYTE));

    assertThat(letter.get("model")).isNull();
    assertThat(letter.get("version")).isNull();
    assertThat(letter.get("key")).isNull();
    assertThat(letter.get("value")).isNull();
  }

  @Test
  void shouldNameWhatDoesNotFitByItsHashAndKeepItsBeginning() throws IOException {
    // given
    byte[] value = new byte[5_000];
    new Random(1).nextBytes(value);
    RecordHeaders headers = new RecordHeaders();
    headers.add("large", new byte[3_000]);

    // when
    byte[] bytes = encoder.encode(record("m", new byte[] {1}, value, headers), 4_096);

    // then
    GenericRecord letter = decode(bytes);
    assertThat(letter.get("truncated")).isEqualTo(true);
    assertThat(letter.get("offset")).isEqualTo(1L << 40);
    assertThat(letter.get("headers")).asInstanceOf(InstanceOfAssertFactories.LIST).isEmpty();
    assertThat(letter.get("key")).isEqualTo(ByteBuffer.wrap(new byte[] {1}));
    assertThat(letter.get("valueBytes")).isEqualTo(5_000);
    assertThat(letter.get("valueSha256")).hasToString(sha256(value));
    int kept = ((ByteBuffer) letter.get("value")).remaining();
    assertThat(kept).isGreaterThan(3_500);
    assertThat(letter.get("value")).isEqualTo(ByteBuffer.wrap(Arrays.copyOf(value, kept)));
  }

  @Test
  void shouldFitWhateverItHolds() throws IOException {
    long base = Long.getLong("penstock.property.seed", 1L);
    for (long seed = base; seed < base + 2_000; seed++) {
      // given
      Random random = new Random(seed);
      int maxBytes = DeadLetterEncoder.LEAST_MAX_BYTES + random.nextInt(8_192);
      RecordHeaders headers = new RecordHeaders();
      for (int i = random.nextInt(4); i > 0; i--) {
        headers.add("h".repeat(random.nextInt(300)), bytes(random, 3_000));
      }
      RefusedRecord record =
          new RefusedRecord(
              "p".repeat(249),
              new ServableId("m".repeat(249), Long.MAX_VALUE),
              DeadLetterReason.OVERSIZE_PREDICTION,
              "ä€\uD83D\uDE00\n\"".repeat(random.nextInt(2_000)),
              "t".repeat(249),
              Integer.MAX_VALUE,
              Long.MAX_VALUE,
              Long.MAX_VALUE,
              bytes(random, 12_000),
              bytes(random, 12_000),
              headers);

      // when
      byte[] avro = encoder.encode(record, maxBytes);
      byte[] json = DeadLetterEncoder.json().encode(record, maxBytes);

      // then
      assertThat(avro.length).as("seed: %d, bytes", seed).isLessThanOrEqualTo(maxBytes);
      assertThat(json.length).as("seed: %d, bytes", seed).isLessThanOrEqualTo(maxBytes);
      assertThat(record.message())
          .as("seed: %d", seed)
          .startsWith(decode(avro).get("message").toString())
          .startsWith(JSON.readTree(json).get("message").textValue());
      DeadLetterReader reader = new DeadLetterReader(registry);
      DeadLetter fromAvro = reader.read(avro);
      DeadLetter fromJson = reader.read(json);
      if (!fromAvro.getTruncated() && !fromJson.getTruncated()) {
        assertThat(fromJson).as("seed: %d", seed).isEqualTo(fromAvro);
      }
    }
  }

  @Test
  void shouldRefuseALimitThatLeavesNoRoom() {
    assertThatThrownBy(() -> encoder.encode(record("m", null, null, new RecordHeaders()), 1_535))
        .hasMessage("maxBytes: 1535 (expected: 1536 or more)");
  }

  @Test
  void shouldShowOtherLanguagesNothingOfJava() {
    assertThat(SCHEMA.toString()).doesNotContain("java");
  }

  @Test
  void shouldNotRegisterItsSchemaUnlessAllowedTo() {
    assertThatThrownBy(() -> DeadLetterEncoder.avro(registry, "other", false))
        .isInstanceOf(RegistryException.class)
        .hasMessageContaining(
            "io.penstock.schemas.DeadLetter is not registered under subject other");
  }

  @Test
  void shouldShowTextAsTextInJsonAndOtherBytesInBase64() throws IOException {
    RecordHeaders headers = new RecordHeaders();
    headers.add("trace", new byte[] {(byte) 0xff}).add("empty", null);
    byte[] value = "{\"amount\": \"ä\"}".getBytes(StandardCharsets.UTF_8);
    RefusedRecord record = record("Half a pair: \ud83d", null, value, headers);

    JsonNode letter = JSON.readTree(DeadLetterEncoder.json().encode(record, MEBIBYTE));

    assertThat(letter)
        .hasToString(
            "{\"pipeline\":\"payments-fraud\",\"model\":\"fraud\",\"version\":3,\"stage\":\"DECODE\","
                + "\"reason\":\"MALFORMED\",\"message\":\"Half a pair: ?\",\"topic\":\"payments\","
                + "\"partition\":4,\"offset\":1099511627776,\"timestamp\":1700000000000,\"value\":"
                + "\"{\\\"amount\\\": \\\"ä\\\"}\",\"headers\":[{\"key\":\"trace\",\"value\":{\"b64\":"
                + "\"/w==\"}},{\"key\":\"empty\"}],\"keyBytes\":0,\"valueBytes\":16,\"truncated\":false}");
  }

  @Test
  void shouldTruncateInJsonAsInAvro() throws IOException {
    byte[] value = new byte[5_000];
    new Random(1).nextBytes(value);

    JsonNode letter =
        JSON.readTree(
            DeadLetterEncoder.json()
                .encode(record("m", new byte[] {1}, value, new RecordHeaders()), 4_096));

    assertThat(letter.get("truncated").booleanValue()).isTrue();
    assertThat(letter.get("valueSha256").textValue()).isEqualTo(sha256(value));
    byte[] kept = letter.at("/value/b64").binaryValue();
    assertThat(kept).hasSizeGreaterThan(2_500).isEqualTo(Arrays.copyOf(value, kept.length));
  }

  private static RefusedRecord record(
      String message, byte @Nullable [] key, byte @Nullable [] value, RecordHeaders headers) {
    return new RefusedRecord(
        "payments-fraud",
        new ServableId("fraud", 3),
        DeadLetterReason.MALFORMED,
        message,
        "payments",
        4,
        1L << 40,
        1_700_000_000_000L,
        key,
        value,
        headers);
  }

  private GenericRecord decode(byte[] bytes) throws IOException {
    assertThat(WireFormat.isFramed(bytes)).isTrue();
    assertThat(registry.schemaById(WireFormat.schemaId(bytes))).isEqualTo(SCHEMA);
    return new GenericDatumReader<GenericRecord>(SCHEMA)
        .read(null, DecoderFactory.get().binaryDecoder(bytes, 5, bytes.length - 5, null));
  }

  private static byte @Nullable [] bytes(Random random, int most) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 100 : most)];
    random.nextBytes(bytes);
    return bytes;
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
