package io.penstock.codec.copy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.avro.Conversion;
import org.apache.avro.Conversions;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Dates, times, decimals and UUIDs, wherever they stand in a record: the same value afterwards. */
class CopiedLogicalTypesTest {

  private static final UUID ID = UUID.fromString("8f14e45f-ceea-467f-a8f8-0123456789ab");

  private static final BigDecimal AMOUNT = new BigDecimal("-12345678901234.50");

  /** A logical type, a value of it as Avro holds it, as Java means it, and as JSON shows it. */
  private enum Kind {
    DATE(
        type("int", "date"),
        -719_162,
        LocalDate.of(1, 1, 1),
        "-719162",
        new TimeConversions.DateConversion()),
    TIME_MILLIS(
        type("int", "time-millis"),
        86_399_999,
        LocalTime.parse("23:59:59.999"),
        "86399999",
        new TimeConversions.TimeMillisConversion()),
    TIME_MICROS(
        type("long", "time-micros"),
        86_399_999_999L,
        LocalTime.parse("23:59:59.999999"),
        "86399999999",
        new TimeConversions.TimeMicrosConversion()),
    TIMESTAMP_MILLIS(
        type("long", "timestamp-millis"),
        -1L,
        Instant.parse("1969-12-31T23:59:59.999Z"),
        "-1",
        new TimeConversions.TimestampMillisConversion()),
    TIMESTAMP_MICROS(
        type("long", "timestamp-micros"),
        1_700_000_000_000_001L,
        Instant.parse("2023-11-14T22:13:20.000001Z"),
        "1700000000000001",
        new TimeConversions.TimestampMicrosConversion()),
    TIMESTAMP_NANOS(
        type("long", "timestamp-nanos"),
        1_700_000_000_000_000_001L,
        Instant.parse("2023-11-14T22:13:20.000000001Z"),
        "1700000000000000001",
        new TimeConversions.TimestampNanosConversion()),
    LOCAL_TIMESTAMP_MILLIS(
        type("long", "local-timestamp-millis"),
        1_700_000_000_001L,
        LocalDateTime.parse("2023-11-14T22:13:20.001"),
        "1700000000001",
        new TimeConversions.LocalTimestampMillisConversion()),
    LOCAL_TIMESTAMP_MICROS(
        type("long", "local-timestamp-micros"),
        1_700_000_000_000_001L,
        LocalDateTime.parse("2023-11-14T22:13:20.000001"),
        "1700000000000001",
        new TimeConversions.LocalTimestampMicrosConversion()),
    LOCAL_TIMESTAMP_NANOS(
        type("long", "local-timestamp-nanos"),
        -1_700_000_000_000_000_001L,
        LocalDateTime.parse("1916-02-18T01:46:39.999999999"),
        "-1700000000000000001",
        new TimeConversions.LocalTimestampNanosConversion()),
    DECIMAL(
        schema(
            """
            {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": 2}"""),
        ByteBuffer.wrap(AMOUNT.unscaledValue().toByteArray()),
        AMOUNT,
        "-12345678901234.50",
        new Conversions.DecimalConversion()),
    DECIMAL_IN_FIXED(
        schema(
            """
            {"type": "fixed", "name": "Cents", "size": 4,
             "logicalType": "decimal", "precision": 9, "scale": 2}"""),
        new byte[] {0, 0, 0, 5},
        new BigDecimal("0.05"),
        "0.05",
        new Conversions.DecimalConversion()),
    UUID_IN_TEXT(
        type("string", "uuid"),
        ID.toString(),
        ID,
        "\"" + ID + "\"",
        new Conversions.UUIDConversion()),
    UUID_IN_FIXED(
        schema(
            """
            {"type": "fixed", "name": "Id", "size": 16, "logicalType": "uuid"}"""),
        ByteBuffer.allocate(16)
            .putLong(ID.getMostSignificantBits())
            .putLong(ID.getLeastSignificantBits())
            .array(),
        ID,
        "\"" + ID + "\"",
        new Conversions.UUIDConversion());

    private final Schema schema;
    private final Object held;
    private final Object meant;
    private final String json;
    private final Conversion<?> conversion;

    Kind(Schema schema, Object held, Object meant, String json, Conversion<?> conversion) {
      this.schema = schema;
      this.held = held instanceof byte[] bytes ? new GenericData.Fixed(schema, bytes) : held;
      this.meant = meant;
      this.json = json;
      this.conversion = conversion;
    }

    /** What a reader makes of a field that Avro's generic reader has read. */
    Object meaning(GenericRecord record, String field) {
      return meaning(record.get(field));
    }

    Object meaning(Object read) {
      return Conversions.convertToLogicalType(read, schema, schema.getLogicalType(), conversion);
    }

    Schema records() {
      Schema inner =
          SchemaBuilder.record("Inner").fields().name("value").type(schema).noDefault().endRecord();
      return SchemaBuilder.record("Event")
          .fields()
          .name("value")
          .type(schema)
          .noDefault()
          .name("values")
          .type(Schema.createArray(schema))
          .noDefault()
          .name("byKey")
          .type(Schema.createMap(schema))
          .noDefault()
          .name("maybe")
          .type(Schema.createUnion(Schema.create(Schema.Type.NULL), schema))
          .noDefault()
          .name("inner")
          .type(inner)
          .noDefault()
          .endRecord();
    }

    GenericRecord record(Schema schema) {
      return new GenericRecordBuilder(schema)
          .set("value", held)
          .set("values", List.of(held, held))
          .set("byKey", Map.of("k", held))
          .set("maybe", held)
          .set(
              "inner",
              new GenericRecordBuilder(schema.getField("inner").schema())
                  .set("value", held)
                  .build())
          .build();
    }
  }

  private final CopyBench bench = new CopyBench();

  @ParameterizedTest
  @EnumSource
  void shouldBeTheSameInAvro(Kind kind) throws IOException {
    Schema records = kind.records();
    byte[] record = bench.avro(records, kind.record(records));

    GenericRecord prediction =
        bench.avro(
            bench.copy(
                bench.fromAvro(),
                bench.toAvro(
                    null,
                    "value",
                    "values",
                    "byKey",
                    "byKey.k as one",
                    "maybe",
                    "inner",
                    "inner.value as deep"),
                record));

    assertThat(kind.meaning(prediction, "value")).isEqualTo(kind.meant);
    assertThat(kind.meaning(prediction, "one")).isEqualTo(kind.meant);
    assertThat(kind.meaning(prediction, "maybe")).isEqualTo(kind.meant);
    assertThat(kind.meaning(prediction, "deep")).isEqualTo(kind.meant);
    assertThat(kind.meaning((GenericRecord) prediction.get("inner"), "value"))
        .isEqualTo(kind.meant);
    assertThat((List<?>) prediction.get("values"))
        .hasSize(2)
        .allSatisfy(value -> assertThat(kind.meaning(value)).isEqualTo(kind.meant));
    assertThat(((Map<?, ?>) prediction.get("byKey")).values())
        .hasSize(1)
        .allSatisfy(value -> assertThat(kind.meaning(value)).isEqualTo(kind.meant));
    for (String field : List.of("value", "values", "byKey", "maybe", "inner")) {
      assertThat(prediction.getSchema().getField(field).schema())
          .as("what readers are told of %s", field)
          .isEqualTo(records.getField(field).schema());
    }
    assertThat(prediction.getSchema().getField("deep").schema()).isEqualTo(kind.schema);
  }

  @ParameterizedTest
  @EnumSource
  void shouldBeTheSameInAvroWhereAnotherWriterMayLeaveItOut(Kind kind) throws IOException {
    Schema nullable = Schema.createUnion(Schema.create(Schema.Type.NULL), kind.schema);
    Schema writer =
        SchemaBuilder.record("Event").fields().name("value").type(nullable).noDefault().endRecord();
    byte[] record =
        bench.avro(writer, new GenericRecordBuilder(writer).set("value", kind.held).build());

    GenericRecord prediction =
        bench.avro(bench.copy(bench.fromAvro(), bench.toAvro(kind.records(), "value"), record));

    assertThat(kind.meaning(prediction, "value")).isEqualTo(kind.meant);
    assertThat(prediction.getSchema().getField("value").schema()).isEqualTo(kind.schema);
  }

  @ParameterizedTest
  @EnumSource
  void shouldBeAPlainValueInJson(Kind kind) throws IOException {
    Schema records = kind.records();
    byte[] record = bench.avro(records, kind.record(records));

    String prediction =
        CopyBench.text(
            bench.copy(
                bench.fromAvro(),
                bench.toJson("value", "values", "byKey", "maybe", "inner", "byKey.k as one"),
                record));

    assertThat(prediction)
        .isEqualTo(
            "{\"score\":0.5,\"value\":J,\"values\":[J,J],\"byKey\":{\"k\":J},\"maybe\":J,\"inner\":{\"value\":J},\"one\":J}"
                .replace("J", kind.json));
  }

  /** Also where no reader of Avro would notice: deep in what is copied. */
  @Test
  void shouldRefuseAnotherUnitWhereverItStands() throws IOException {
    Schema expected = Kind.TIMESTAMP_MILLIS.records();
    Schema writer = Kind.TIMESTAMP_MICROS.records();
    byte[] record = bench.avro(writer, Kind.TIMESTAMP_MICROS.record(writer));

    for (String location : List.of("value", "values[]", "byKey{}", "maybe", "inner.value")) {
      String field = location.split("[\\[{.]", 2)[0];
      assertThatThrownBy(() -> bench.copy(bench.fromAvro(), bench.toAvro(expected, field), record))
          .as(location)
          .isInstanceOfSatisfying(
              UndecodableRecordException.class,
              e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.SCHEMA_MISMATCH))
          .hasMessageContaining(
              "Field %s is a timestamp-micros (expected: a timestamp-millis,".formatted(location));
    }
  }

  /** A text of as many digits as somebody likes would take its time. */
  @Test
  void shouldRefuseADecimalBeyondItsPrecisionInJson() throws IOException {
    Schema records = Kind.DECIMAL.records();
    GenericRecord record = Kind.DECIMAL.record(records);
    BigInteger most = BigInteger.TEN.pow(20).subtract(BigInteger.ONE);

    record.put("value", ByteBuffer.wrap(most.negate().toByteArray()));
    assertThat(json(bench.avro(records, record))).contains("\"value\":-999999999999999999.99}");
    record.put("value", ByteBuffer.allocate(1 << 20).put(0, (byte) 1));
    assertThatThrownBy(() -> json(bench.avro(records, record)))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.VALUE_OUT_OF_RANGE))
        .hasMessageContaining("Field value is a decimal of 8388601 bits (expected: a precision of");
    record.put("value", ByteBuffer.allocate(0));
    assertThatThrownBy(() -> json(bench.avro(records, record)))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.MALFORMED))
        .hasMessageContaining("Field value is a decimal without bytes");
  }

  private String json(byte[] record) {
    return CopyBench.text(bench.copy(bench.fromAvro(), bench.toJson("value"), record));
  }

  private static Schema type(String type, String logical) {
    return schema("{\"type\": \"%s\", \"logicalType\": \"%s\"}".formatted(type, logical));
  }

  private static Schema schema(String json) {
    return new Schema.Parser().parse(json);
  }
}
