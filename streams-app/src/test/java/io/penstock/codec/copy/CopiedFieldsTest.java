package io.penstock.codec.copy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputFormat;
import io.penstock.codec.MappingException;
import io.penstock.codec.OutputFormat;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.example.Examples;
import io.penstock.registry.WireFormat;
import java.io.IOException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.generic.GenericRecordBuilder;
import org.junit.jupiter.api.Test;

class CopiedFieldsTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int RECORDS = Integer.getInteger("fuzz.records", 1_000);

  private static final Schema CARD =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Card", "fields": [
                {"name": "country", "type": {"type": "enum", "name": "Country",
                  "symbols": ["CH", "DE"]}}]}\
              """);

  private static final Schema PAYMENT =
      new Schema.Parser()
          .parse(
              """
              {"type": "record", "name": "Payment", "fields": [
                {"name": "x", "type": "float"},
                {"name": "label", "type": ["null", "string"], "default": null},
                {"name": "card", "type": ["null", %s], "default": null},
                {"name": "id", "type": "long"},
                {"name": "tags", "type": {"type": "map", "values": "string"}},
                {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
                {"name": "last", "type": {"type": "array", "items": "double"}}]}\
              """
                  .formatted(CARD));

  private final CopyBench bench = new CopyBench();

  @Test
  void shouldCopyFieldsOfAvroWithTheirTypes() throws IOException {
    byte[] record = bench.avro(PAYMENT, payment().build());

    GenericRecord prediction =
        bench.avro(
            bench.copy(
                bench.fromAvro(),
                bench.toAvro(null, "label", "card.country as country", "at", "tags.a"),
                record));

    assertThat(prediction.toString())
        .isEqualTo(
            "{\"score\": 0.5, \"label\": \"new\", \"country\": \"CH\", \"at\": 1700, \"tags_a\":"
                + " \"A\"}");
    assertThat(prediction.getSchema().getField("at").schema())
        .isEqualTo(PAYMENT.getField("at").schema());
    assertThat(prediction.getSchema().getField("country").schema().isNullable()).isTrue();
    assertThat(prediction.getSchema().getField("tags_a").defaultVal()).isNotNull();
  }

  @Test
  void shouldHoldNullForWhatIsMissingWhereThatMayBe() throws IOException {
    byte[] record =
        bench.avro(
            PAYMENT, payment().set("label", null).set("card", null).set("tags", Map.of()).build());

    GenericRecord prediction =
        bench.avro(
            bench.copy(
                bench.fromAvro(),
                bench.toAvro(null, "label", "card.country", "tags.a", "id"),
                record));

    assertThat(prediction.toString())
        .isEqualTo(
            "{\"score\": 0.5, \"label\": null, \"card_country\": null, \"tags_a\": null, \"id\":"
                + " 7}");
  }

  @Test
  void shouldCopyWhatOtherWritersWriteAsTheConfiguredSchemaHasIt() throws IOException {
    Schema older =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Payment", "fields": [
                  {"name": "id", "type": "int"}, {"name": "x", "type": "float"}]}\
                """);
    GenericRecord value = new GenericRecordBuilder(older).set("id", 3).set("x", 1f).build();

    GenericRecord prediction =
        bench.avro(
            bench.copy(
                bench.fromAvro(), bench.toAvro(PAYMENT, "id", "label"), bench.avro(older, value)));

    assertThat(prediction.toString()).isEqualTo("{\"score\": 0.5, \"id\": 3, \"label\": null}");
    assertThat(prediction.getSchema().getField("id").schema().getType())
        .isEqualTo(Schema.Type.LONG);
  }

  @Test
  void shouldRefuseARecordWithoutAFieldThatPredictionsMustHold() throws IOException {
    Schema other =
        new Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Payment", "fields": [{"name": "x", "type": "float"}]}\
                """);
    byte[] record = bench.avro(other, new GenericRecordBuilder(other).set("x", 1f).build());

    assertThatThrownBy(() -> bench.copy(bench.fromAvro(), bench.toAvro(PAYMENT, "id"), record))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.NULL_FIELD))
        .hasMessageContaining("Field id is missing or null");
  }

  @Test
  void shouldRefuseATimeOfAnotherUnit() throws IOException {
    Schema micros =
        new Schema.Parser()
            .parse(PAYMENT.toString().replace("timestamp-millis", "timestamp-micros"));
    GenericRecord value = payment().build();
    GenericRecord same = new GenericData.Record(micros);
    PAYMENT.getFields().forEach(field -> same.put(field.pos(), value.get(field.pos())));
    byte[] record = bench.avro(micros, same);

    assertThatThrownBy(() -> bench.copy(bench.fromAvro(), bench.toAvro(PAYMENT, "at"), record))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("Field at is a timestamp-micros (expected: a timestamp-millis");
  }

  @Test
  void shouldCopyFieldsOfAvroIntoJson() throws IOException {
    byte[] record = bench.avro(PAYMENT, payment().build());

    assertThat(
            CopyBench.text(
                bench.copy(
                    bench.fromAvro(),
                    bench.toJson("id", "label", "card", "last", "tags", "no"),
                    record)))
        .isEqualTo(
            "{\"score\":0.5,\"id\":7,\"label\":\"new\",\"card\":{\"country\":\"CH\"},"
                + "\"last\":[1.5,2.0],\"tags\":{\"a\":\"A\"},\"no\":null}");
  }

  @Test
  void shouldCopyJsonAsItStands() {
    String record =
        "{\"x\": 1, \"id\" : 12345678901234567890.50 , \"deep\": {\"a\": [1,  {\"b\":"
            + " \"\\u00e4\"}]}}";

    assertThat(
            CopyBench.text(
                bench.copy(
                    bench.fromJson(),
                    bench.toJson("deep.a as a", "id", "no"),
                    record.getBytes(UTF_8))))
        .isEqualTo(
            "{\"score\":0.5,\"a\":[1,  {\"b\": \"\\u00e4\"}],\"id\":12345678901234567890.50,"
                + "\"no\":null}");
  }

  @Test
  void shouldCopyJsonIntoAvroByTheConfiguredSchema() throws IOException {
    String record =
        "{\"x\": 1, \"id\": 7e0, \"label\": \"\\u00e4\", \"card\": {\"country\": \"DE\"}, \"last\":"
            + " [1, 2.5]}";

    GenericRecord prediction =
        bench.avro(
            bench.copy(
                bench.fromJson(),
                bench.toAvro(PAYMENT, "id", "label", "card.country as country", "last"),
                record.getBytes(UTF_8)));

    assertThat(prediction.toString())
        .isEqualTo(
            "{\"score\": 0.5, \"id\": 7, \"label\": \"ä\", \"country\": \"DE\", \"last\": [1.0,"
                + " 2.5]}");
  }

  @Test
  void shouldRefuseJsonThatDoesNotFitTheConfiguredSchema() {
    OutputFormat output = bench.toAvro(PAYMENT, "id");

    for (String id :
        List.of(
            "1.5",
            "\"7\"",
            "1e19",
            "1e99999999999",
            "1e-99999999999",
            "[7]",
            "{}",
            "true",
            "null")) {
      byte[] record = "{\"x\": 1, \"id\": %s}".formatted(id).getBytes(UTF_8);
      assertThatThrownBy(() -> bench.copy(bench.fromJson(), output, record))
          .as(id)
          .isInstanceOf(UndecodableRecordException.class)
          .hasMessageContaining("Field id ");
    }
  }

  @Test
  void shouldRefuseAnExponentThatNoNumberHas() {
    byte[] record = "{\"x\": 1, \"last\": [1e99999999999]}".getBytes(UTF_8);

    assertThatThrownBy(() -> bench.copy(bench.fromJson(), bench.toAvro(PAYMENT, "last"), record))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.VALUE_OUT_OF_RANGE));
  }

  @Test
  void shouldRefuseAFieldThatIsThereTwice() {
    byte[] record = "{\"x\": 1, \"id\": 1, \"id\": 2}".getBytes(UTF_8);

    assertThatThrownBy(() -> bench.copy(bench.fromJson(), bench.toJson("id"), record))
        .isInstanceOf(UndecodableRecordException.class)
        .hasMessageContaining("second time");
  }

  @Test
  void shouldCopyFeatures() throws IOException {
    byte[] record =
        new Examples().texts("label", "new").integers("id", 7).floats("last", 1, 2).serialized();

    assertThat(
            CopyBench.text(
                bench.copy(bench.fromExample(), bench.toJson("id", "label", "last", "no"), record)))
        .isEqualTo("{\"score\":0.5,\"id\":7,\"label\":\"new\",\"last\":[1.0,2.0],\"no\":null}");
    assertThat(
            bench
                .avro(bench.copy(bench.fromExample(), bench.toAvro(PAYMENT, "id", "last"), record))
                .toString())
        .isEqualTo("{\"score\": 0.5, \"id\": 7, \"last\": [1.0, 2.0]}");
  }

  @Test
  void shouldRefuseNamesThatOutputsHave() {
    assertThatThrownBy(() -> bench.toJson("score").requireWritable("fraud", CopyBench.SIGNATURE))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("output.copy: score has the name of output score");
    assertThatThrownBy(
            () -> bench.toAvro(null, "a.b", "a_b").requireWritable("fraud", CopyBench.SIGNATURE))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("both are a_b in Avro");
    assertThatThrownBy(
            () -> bench.toAvro(PAYMENT, "no").requireWritable("fraud", CopyBench.SIGNATURE))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("output.copy: no: Payment has no field no (expected: one of [x,");
  }

  @Test
  void shouldSayThatTypesAreNotKnown() {
    assertThatThrownBy(() -> CopyBench.encoder(bench.toAvro(null, "id")))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining(
            "subject in-value has no schema yet (to say them: output.copy-schema)");
  }

  /**
   * Whatever bytes there are: a refusal, or a prediction that its readers can read. {@code
   * -Dfuzz.records=1000000} for as many.
   */
  @Test
  void shouldWriteNothingThatCannotBeRead() throws IOException {
    long base = Long.getLong("penstock.property.seed", 7L);
    byte[] avro = bench.avro(PAYMENT, payment().build());
    byte[] json =
        "{\"x\":1,\"id\":7,\"label\":\"n\\n\",\"last\":[1,2],\"card\":{\"country\":\"CH\"}}"
            .getBytes(UTF_8);
    byte[] example =
        new Examples().texts("label", "new").integers("id", 7).floats("last", 1, 2).serialized();
    String[] fields = {"id", "label", "last", "card.country as country"};
    Map<InputFormat, byte[]> sound =
        Map.of(bench.fromAvro(), avro, bench.fromJson(), json, bench.fromExample(), example);
    for (Map.Entry<InputFormat, byte[]> input : sound.entrySet()) {
      UnaryOperator<byte[]> intoAvro = bench.copying(input.getKey(), bench.toAvro(PAYMENT, fields));
      UnaryOperator<byte[]> intoJson = bench.copying(input.getKey(), bench.toJson(fields));
      int keep = input.getValue() == avro ? WireFormat.HEADER_BYTES : 0;
      for (int i = 0; i < RECORDS; i++) {
        mutate(input.getValue(), keep, intoAvro, intoJson, base + i);
      }
    }
  }

  private void mutate(
      byte[] record,
      int keep,
      UnaryOperator<byte[]> intoAvro,
      UnaryOperator<byte[]> intoJson,
      long seed) {
    Random random = new Random(seed);
    byte[] mutated = record.clone();
    for (int i = random.nextInt(3); i >= 0; i--) {
      mutated[keep + random.nextInt(mutated.length - keep)] = (byte) random.nextInt();
    }
    try {
      var unused = bench.avro(intoAvro.apply(mutated));
    } catch (UndecodableRecordException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (RuntimeException | IOException e) {
      fail("seed " + seed + ": " + HexFormat.of().formatHex(mutated), e);
    }
    try {
      String text = CopyBench.text(intoJson.apply(mutated)).replace("NaN", "0");
      var unused = JSON.readTree(text.replace("Infinity", "0"));
    } catch (UndecodableRecordException e) {
      assertThat(e.getMessage()).isNotBlank();
    } catch (RuntimeException | IOException e) {
      fail("seed " + seed + ": " + HexFormat.of().formatHex(mutated), e);
    }
  }

  private static GenericRecordBuilder payment() {
    Schema country = CARD.getField("country").schema();
    return new GenericRecordBuilder(PAYMENT)
        .set("x", 1f)
        .set("label", "new")
        .set(
            "card",
            new GenericRecordBuilder(CARD)
                .set("country", new GenericData.EnumSymbol(country, "CH"))
                .build())
        .set("id", 7L)
        .set("tags", Map.of("a", "A"))
        .set("at", 1_700L)
        .set("last", List.of(1.5, 2.0));
  }
}
