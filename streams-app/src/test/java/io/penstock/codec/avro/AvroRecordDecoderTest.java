package io.penstock.codec.avro;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.registry.RegistryException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AvroRecordDecoderTest {

  private static final Schema PAYMENT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Payment", "namespace": "shop", "fields": [
                {"name": "id", "type": "string"},
                {"name": "amount", "type": "double", "aliases": ["total"]},
                {"name": "count", "type": "long"},
                {"name": "note", "type": ["null", "string"], "default": null},
                {"name": "card", "type": ["null", {"type": "record", "name": "Card", "fields": [
                  {"name": "country", "type": "string"},
                  {"name": "limits", "type": {"type": "array", "items": "float"}}]}]},
                {"name": "price", "type":
                  {"type": "bytes", "logicalType": "decimal", "precision": 9, "scale": 2}}
              ]}
              """);
  private static final Schema CARD = PAYMENT.getField("card").schema().getTypes().get(1);

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final int id = registry.register("payments-value", PAYMENT);
  private final RandomRecords records = new RandomRecords(new Random(1));

  @Test
  void shouldFillNestedStackedAndPromotedFields() {
    // given
    ModelSignature signature =
        signature(
            new TensorSpec("amount", DType.FLOAT32, List.of(-1L)),
            new TensorSpec("country", DType.STRING, List.of(-1L)),
            new TensorSpec("limits", DType.FLOAT64, List.of(-1L, 3L)),
            new TensorSpec("v", DType.FLOAT32, List.of(-1L, 2L)));
    Map<String, List<String>> fields =
        Map.of(
            "country", List.of("card.country"),
            "limits", List.of("card.limits"),
            "v", List.of("total", "count"));
    RecordDecoder decoder =
        decoder(signature, new FieldMapping(fields, Set.of("amount", "v"), Map.of(), Map.of()));
    Rows rows = Rows.of(signature.inputs(), 2);

    // when
    decoder.decode(InputRecords.of(payment(12.5, 7, "CH", 1f, 2f, 3f)), rows, 1);

    // then
    NumericColumn amount = (NumericColumn) rows.column(0);
    assertThat(amount.floatAt(amount.offset(1, 0))).isEqualTo(12.5f);
    assertThat(((StringColumn) rows.column(1)).get(1, 0)).asString().isEqualTo("CH");
    NumericColumn limits = (NumericColumn) rows.column(2);
    assertThat(limits.doubleAt(limits.offset(1, 2))).isEqualTo(3.0);
    NumericColumn stacked = (NumericColumn) rows.column(3);
    assertThat(stacked.floatAt(stacked.offset(1, 0))).isEqualTo(12.5f);
    assertThat(stacked.floatAt(stacked.offset(1, 1))).isEqualTo(7f);
  }

  @Test
  void shouldGiveAnOpenInputEachRecordsLength() {
    // given
    ModelSignature signature = signature(new TensorSpec("l", DType.FLOAT32, List.of(-1L, -1L)));
    RecordDecoder decoder = decoder(signature, Map.of("l", List.of("card.limits")));
    Rows rows = Rows.of(signature.inputs(), 1);

    for (int length : new int[] {3, 5, 0, 1}) {
      // when
      decoder.decode(InputRecords.of(payment(1, 1, "CH", new float[length])), rows, 0);

      // then
      assertThat(rows.column(0).rowShape()).containsExactly(length);
    }
  }

  @Test
  void shouldRefuseASchemaIdInAHeaderByTheHeadersName() {
    // given: a value without a frame, whose first bytes look like one
    byte[] value = payment(1, 1, "CH");
    RecordHeaders headers = new RecordHeaders();
    headers.add("__value_schema_id", new byte[17]);

    assertThatThrownBy(
            () -> amounts().prepare(new InputRecord("payments", 0, null, value, headers)))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.MALFORMED))
        .hasMessageContaining("The schema id is in the header __value_schema_id")
        .hasMessageContaining("value.schema.id.serializer");
  }

  @Test
  void shouldRefuseWhatIsNotFramed() {
    assertThat(refusal("{\"amount\": 1}".getBytes(StandardCharsets.UTF_8)))
        .hasMessageContaining("Confluent's framing")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.MALFORMED);
    assertThat(refusal(new byte[] {0, 0}).reason()).isEqualTo(DeadLetterReason.MALFORMED);
  }

  @Test
  void shouldRefuseASchemaIdThatTheRegistryDoesNotKnow() {
    assertThat(refusal(ByteBuffer.allocate(9).putInt(1, 4711).array()))
        .hasMessageContaining("4711")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA);
    assertThat(refusal(new byte[] {0, -1, -1, -1, -1}).reason())
        .isEqualTo(DeadLetterReason.UNKNOWN_SCHEMA);
  }

  @Test
  void shouldLetAnOutagePassThroughSinceTheRecordIsNotToBlame() {
    RecordDecoder decoder = amounts();
    registry.setDown(true);

    assertThatThrownBy(() -> decoder.prepare(InputRecords.of(payment(1, 1, "CH"))))
        .isInstanceOf(RegistryException.class);

    registry.setDown(false);
    decoder.prepare(InputRecords.of(payment(1, 1, "CH")));
  }

  @Test
  void shouldKeepNothingOfWhatTheRegistryCouldNotSay() {
    RecordDecoder decoder = amounts();
    registry.failWith(
        new RegistryException(RegistryException.Kind.UNUSABLE, "a PROTOBUF schema", null));

    assertThatThrownBy(() -> decoder.prepare(InputRecords.of(payment(1, 1, "CH"))))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessage("a PROTOBUF schema");

    registry.setDown(false);
    decoder.prepare(InputRecords.of(payment(1, 1, "CH")));
  }

  @Test
  void shouldRefuseBytesLeftOver() {
    byte[] payment = payment(1, 1, "CH");

    assertThat(refusal(Arrays.copyOf(payment, payment.length + 2)))
        .hasMessageContaining("2 bytes are left over")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.MALFORMED);
  }

  @Test
  void shouldRefuseATruncatedRecord() {
    byte[] payment = payment(1, 1, "CH");

    for (int length = 5; length < payment.length; length++) {
      assertThat(refusal(Arrays.copyOf(payment, length)).reason())
          .isEqualTo(DeadLetterReason.MALFORMED);
    }
  }

  @Test
  void shouldRefuseANullOnTheWayToAField() {
    ModelSignature signature = signature(new TensorSpec("c", DType.STRING, List.of(-1L)));
    RecordDecoder decoder = decoder(signature, Map.of("c", List.of("card.country")));

    assertThat(refusal(decoder, signature, payment(1, 1, null)))
        .hasMessage("Field card.country is null; input c: string[-1], schema id " + id)
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.NULL_FIELD);
  }

  @Test
  void shouldRefuseAnArrayOfAnotherLength() {
    ModelSignature signature = signature(new TensorSpec("l", DType.FLOAT32, List.of(-1L, 2L)));
    RecordDecoder decoder = decoder(signature, Map.of("l", List.of("card.limits")));

    assertThat(refusal(decoder, signature, payment(1, 1, "CH", 1f)))
        .hasMessageContaining("has 1 elements in dimension 1 (expected: 2)")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.SHAPE_MISMATCH);
    assertThat(refusal(decoder, signature, payment(1, 1, "CH", 1f, 2f, 3f)))
        .hasMessageContaining("has more than 2 elements");
  }

  @Test
  void shouldRefuseANumberThatTheDtypeCannotHold() {
    ModelSignature signature = signature(new TensorSpec("count", DType.INT32, List.of(-1L)));

    assertThat(refusal(decoder(signature, Map.of()), signature, payment(1, 1L << 40, "CH")))
        .hasMessageContaining("1099511627776 (expected: -2147483648 to 2147483647)")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.VALUE_OUT_OF_RANGE);
  }

  @Test
  void shouldSayWhatAllowsToRoundWhatTheDtypeDoesNotHoldExactly() {
    ModelSignature signature = signature(new TensorSpec("amount", DType.FLOAT32, List.of(-1L)));
    ModelSignature counts = signature(new TensorSpec("count", DType.FLOAT32, List.of(-1L)));
    byte[] exact = payment(1, 1 << 24, "CH");
    byte[] rounded = payment(1, (1 << 24) + 1, "CH");

    assertThatThrownBy(() -> decoder(signature, Map.of()).prepare(InputRecords.of(exact)))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.SCHEMA_MISMATCH))
        .hasMessageContaining(
            "Field amount is double, which float32 holds rounded only (to allow that:"
                + " input.casts.amount: narrowing)");
    assertThat(refusal(decoder(counts, Map.of()), counts, rounded))
        .hasMessageContaining(
            "Field count is 16777217 (expected: a whole number that float32 holds exactly;"
                + " input.casts.count: narrowing rounds it)")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.VALUE_OUT_OF_RANGE);
    assertThat(floats(counts, FieldMapping.byName(), exact)).containsExactly((float) (1 << 24));
    assertThat(
            floats(
                counts, new FieldMapping(Map.of(), Set.of("count"), Map.of(), Map.of()), rounded))
        .containsExactly((float) (1 << 24));
  }

  @Test
  void shouldPutDefaultsForWhatIsMissingOrNullAndConstants() {
    // given
    ModelSignature signature =
        signature(
            new TensorSpec("limits", DType.FLOAT32, List.of(-1L, 2L)),
            new TensorSpec("open", DType.FLOAT32, List.of(-1L, -1L)),
            new TensorSpec("threshold", DType.FLOAT32, List.of(-1L, 2L)),
            new TensorSpec("v", DType.FLOAT32, List.of(-1L, 2L)));
    FieldMapping mapping =
        new FieldMapping(
            Map.of(
                "limits", List.of("card.limits"),
                "open", List.of("card.limits"),
                "v", List.of("count", "no.such.field")),
            Set.of(),
            Map.of("limits", "0.5", "open", "-1", "v", "9"),
            Map.of("threshold", "0.25"));

    // when, then
    assertThat(floats(signature, mapping, payment(1, 3, null)))
        .containsExactly(0.5f, 0.5f, -1f, 0.25f, 0.25f, 3f, 9f);
    assertThat(floats(signature, mapping, payment(1, 3, "CH", 6f, 7f)))
        .containsExactly(6f, 7f, 6f, 7f, 0.25f, 0.25f, 3f, 9f);
  }

  /** The elements of all inputs, one after another. */
  private List<Float> floats(ModelSignature signature, FieldMapping mapping, byte[] record) {
    Rows rows = Rows.of(signature.inputs(), 1);
    decoder(signature, mapping).decode(InputRecords.of(record), rows, 0);
    List<Float> floats = new ArrayList<>();
    for (int i = 0; i < signature.inputs().size(); i++) {
      NumericColumn column = (NumericColumn) rows.column(i);
      for (int element = 0; element < column.rowElements(); element++) {
        floats.add(column.floatAt(column.offset(0, element)));
      }
    }
    return floats;
  }

  @Test
  void shouldRefuseEveryRecordOfASchemaThatLacksAField() {
    ModelSignature signature = signature(new TensorSpec("age", DType.FLOAT32, List.of(-1L)));
    RecordDecoder decoder = decoder(signature, Map.of());

    assertThatThrownBy(() -> decoder.prepare(InputRecords.of(payment(1, 1, "CH"))))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.SCHEMA_MISMATCH))
        .hasMessage(
            "Field age is missing: shop.Payment has no field age (expected: one of [id, amount,"
                + " count, note, card, price]); input age: float32[-1], schema id "
                + id);
  }

  @Test
  void shouldRefuseADecimalWhereTextIsNeeded() {
    ModelSignature signature = signature(new TensorSpec("price", DType.STRING, List.of(-1L)));
    RecordDecoder decoder = decoder(signature, Map.of());

    assertThatThrownBy(() -> decoder.prepare(InputRecords.of(payment(1, 1, "CH"))))
        .hasMessageContaining("Field price is a decimal(9, 2), which does not fit string");
  }

  @Test
  void shouldNotSpinOnHugeCountsOfItemsWithoutWidth() {
    // given
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Hollow", "fields": [
                  {"name": "nothings", "type": {"type": "array", "items": "null"}},
                  {"name": "amount", "type": "double"}]}
                """);
    int hollow = registry.register("hollow", schema);
    byte[] record =
        ByteBuffer.allocate(5 + 7 + 1 + 8)
            .put((byte) 0)
            .putInt(hollow)
            .put(new byte[] {-128, -128, -128, -128, -128, -128, 1, 0})
            .array();
    ModelSignature signature = amountSignature();

    // when
    decoder(signature, Map.of()).decode(InputRecords.of(record), Rows.of(signature.inputs(), 1), 0);

    // then it comes back: 2^41 nulls have no bytes
  }

  @Test
  void shouldRefuseArraysOfOctetsWithoutWidthWhichCouldBeAnyNumber() {
    // given
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Hollow", "fields": [
                  {"name": "pixels", "type": {"type": "array", "items":
                    {"type": "fixed", "name": "Nothing", "size": 0}}}]}
                """);
    int hollow = registry.register("hollow", schema);
    byte[] record =
        ByteBuffer.allocate(5 + 7 + 1)
            .put((byte) 0)
            .putInt(hollow)
            .put(new byte[] {-128, -128, -128, -128, -128, -128, 1, 0})
            .array();
    ModelSignature signature =
        signature(new TensorSpec("pixels", DType.UINT8, List.of(-1L, -1L, -1L)));

    assertThat(refusal(decoder(signature, Map.of()), signature, record))
        .hasMessageContaining("is Nothing of no bytes")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.SCHEMA_MISMATCH);
  }

  @Test
  void shouldRefuseValuesThatNestWithoutEnd() {
    // given
    Schema schema =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Chain", "fields": [
                  {"name": "next", "type": ["null", "Chain"]},
                  {"name": "amount", "type": "double"}]}
                """);
    byte[] record = new byte[100_000];
    Arrays.fill(record, (byte) 2);
    ByteBuffer.wrap(record).put((byte) 0).putInt(registry.register("chain", schema));

    // when, then
    assertThat(refusal(record))
        .hasMessageContaining("nest deeper than 256 levels")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.MALFORMED);
  }

  @Test
  void shouldRefuseAMappingThatNamesNoInput() {
    ModelSignature signature = amountSignature();

    assertThatThrownBy(() -> decoder(signature, Map.of("amuont", List.of("amount"))))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "fields.amuont is no input of signature serving_default (expected: one of [amount:"
                + " float64[-1]])");
  }

  private UndecodableRecordException refusal(byte[] record) {
    return refusal(amounts(), amountSignature(), record);
  }

  private static UndecodableRecordException refusal(
      RecordDecoder decoder, ModelSignature signature, byte[] record) {
    Rows rows = Rows.of(signature.inputs(), 1);
    return catchThrowableOfType(
        UndecodableRecordException.class, () -> decoder.decode(InputRecords.of(record), rows, 0));
  }

  private RecordDecoder amounts() {
    return decoder(amountSignature(), Map.of());
  }

  private static ModelSignature amountSignature() {
    return signature(new TensorSpec("amount", DType.FLOAT64, List.of(-1L)));
  }

  private RecordDecoder decoder(ModelSignature signature, Map<String, List<String>> fields) {
    return decoder(signature, new FieldMapping(fields));
  }

  private RecordDecoder decoder(ModelSignature signature, FieldMapping mapping) {
    return new AvroInputFormat(new InputSettings("in", mapping, Map.of(), registry))
        .decoder(signature);
  }

  private static ModelSignature signature(TensorSpec... inputs) {
    return new ModelSignature("serving_default", List.of(inputs), List.of());
  }

  private byte[] payment(double amount, long count, @Nullable String country, float... limits) {
    List<Float> floats = new ArrayList<>();
    for (float limit : limits) {
      floats.add(limit);
    }
    GenericRecord card =
        country == null
            ? null
            : new GenericRecordBuilder(CARD).set("country", country).set("limits", floats).build();
    GenericRecord payment =
        new GenericRecordBuilder(PAYMENT)
            .set("id", "p-1")
            .set("amount", amount)
            .set("count", count)
            .set("card", card)
            .set("price", ByteBuffer.wrap(new byte[] {1, 2}))
            .build();
    return records.encode(id, PAYMENT, payment);
  }
}
