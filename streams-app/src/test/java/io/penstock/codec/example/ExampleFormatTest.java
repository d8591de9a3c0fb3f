package io.penstock.codec.example;

import static io.penstock.codec.example.Examples.field;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ExampleFormatTest {

  private static final ModelSignature PARSING =
      signature(new TensorSpec("inputs", DType.STRING, List.of(-1L)));
  private static final ModelSignature NAMED =
      signature(
          new TensorSpec("age", DType.INT32, List.of(-1L)),
          new TensorSpec("name", DType.STRING, List.of(-1L)),
          new TensorSpec("x", DType.FLOAT32, List.of(-1L, 2L)));

  @Test
  void shouldGiveAParsingSignatureTheBytesAsTheyAre() {
    byte[] record = new Examples().floats("x", 1, 2).texts("a", "b").serialized();
    Rows rows = Rows.of(PARSING.inputs(), 1);

    decoder(PARSING, Map.of()).decode(InputRecords.of(record), rows, 0);

    assertThat(((StringColumn) rows.column(0)).get(0, 0)).isSameAs(record);
  }

  @Test
  void shouldPassTheFieldsThatItDoesNotKnow() {
    ByteArrayOutputStream record = new ByteArrayOutputStream();
    record.writeBytes(Examples.field(9, new byte[] {1, 2, 3}));
    record.writeBytes(new byte[] {5 << 3 | 5, 0, 0, 0, 0, 6 << 3 | 1, 0, 0, 0, 0, 0, 0, 0, 0});
    record.writeBytes(new Examples().integers("age", 3).serialized());

    decoder(PARSING, Map.of())
        .decode(InputRecords.of(record.toByteArray()), Rows.of(PARSING.inputs(), 1), 0);
    decoder(PARSING, Map.of())
        .decode(InputRecords.of(new byte[0]), Rows.of(PARSING.inputs(), 1), 0);

    // then both are tf.Examples, the second without features
  }

  @Test
  void shouldRefuseWhatIsCutOffAnywhere() {
    byte[] record =
        new Examples().floats("x", 1, 2).integers("a", 300).texts("s", "t").serialized();

    for (int length = 1; length < record.length; length++) {
      assertThat(refusal(PARSING, Arrays.copyOf(record, length)).reason())
          .as("%d of %d bytes", length, record.length)
          .isEqualTo(DeadLetterReason.MALFORMED);
    }
    assertThat(refusal(PARSING, "{\"x\": 1}".getBytes(UTF_8)))
        .hasMessageStartingWith("Malformed tf.Example at byte ");
  }

  @Test
  void shouldRefuseALengthOfTwoGigabytesInFewBytes() {
    assertThat(refusal(PARSING, new byte[] {10, -1, -1, -1, -1, 7}))
        .hasMessage("Malformed tf.Example at byte 6: a length is 2147483647 (expected: 0-0)");
  }

  @Test
  void shouldGiveFeaturesToInputsByName() {
    byte[] record =
        new Examples().texts("name", "Ada").floats("x", 0.5f, -1).integers("age", 36).serialized();
    Rows rows = Rows.of(NAMED.inputs(), 2);

    decoder(NAMED, Map.of()).decode(InputRecords.of(record), rows, 1);

    NumericColumn age = (NumericColumn) rows.column(0);
    assertThat(age.intAt(age.offset(1, 0))).isEqualTo(36);
    assertThat(((StringColumn) rows.column(1)).get(1, 0)).asString().isEqualTo("Ada");
    NumericColumn x = (NumericColumn) rows.column(2);
    assertThat(x.floatAt(x.offset(1, 1))).isEqualTo(-1f);
  }

  @Test
  void shouldReadValuesThatAreNotPacked() {
    byte[] floats = {1 << 3 | 5, 0, 0, (byte) 0x80, 0x3f, 1 << 3 | 2, 4, 0, 0, 0, 0x40};
    byte[] record =
        new Examples()
            .feature("x", 2, floats)
            .feature("age", 3, new byte[] {1 << 3, 7})
            .texts("name", "")
            .serialized();
    Rows rows = Rows.of(NAMED.inputs(), 1);

    decoder(NAMED, Map.of()).decode(InputRecords.of(record), rows, 0);

    NumericColumn x = (NumericColumn) rows.column(2);
    assertThat(x.floatAt(0)).isEqualTo(1f);
    assertThat(x.floatAt(4)).isEqualTo(2f);
  }

  @Test
  void shouldMergeListsAsProtobufDoes() {
    byte[] one = {1 << 3, 1};
    byte[] two = {1 << 3, 2, 1 << 3, 3};
    byte[] twice = concat(field(3, one), field(3, two));
    byte[] others = concat(field(3, one), field(1, field(1, new byte[0])), field(3, two));

    assertThat(integers(new Examples().features("t", twice))).containsExactly(1L, 2L, 3L);
    assertThat(integers(new Examples().features("t", field(3, one), field(3, two))))
        .as("in two messages")
        .containsExactly(1L, 2L, 3L);
    assertThat(integers(new Examples().features("t", others)))
        .as("after a list of another kind")
        .containsExactly(2L, 3L);
    assertThat(integers(new Examples().feature("t", 3, one).floats("t", 1).feature("t", 3, two)))
        .as("in the last of several entries")
        .containsExactly(2L, 3L);
  }

  private static List<Long> integers(Examples examples) {
    ModelSignature signature = signature(new TensorSpec("t", DType.INT64, List.of(-1L, -1L)));
    Rows rows = Rows.of(signature.inputs(), 1);
    decoder(signature, Map.of()).decode(InputRecords.of(examples.serialized()), rows, 0);
    NumericColumn column = (NumericColumn) rows.column(0);
    List<Long> values = new ArrayList<>();
    for (int i = 0; i < column.rowElements(); i++) {
      values.add(column.longAt(column.offset(0, i)));
    }
    return values;
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  @Test
  void shouldStackFeaturesAndTellOpenDimensions() {
    ModelSignature signature =
        signature(
            new TensorSpec("s", DType.FLOAT64, List.of(-1L, 2L)),
            new TensorSpec("t", DType.INT64, List.of(-1L, -1L)));
    RecordDecoder decoder = decoder(signature, Map.of("s", List.of("a/1", "a.2")));
    Rows rows = Rows.of(signature.inputs(), 1);

    decoder.decode(
        InputRecords.of(
            new Examples().integers("t", 1, 2, 3).floats("a.2", 2).floats("a/1", 1).serialized()),
        rows,
        0);

    NumericColumn stacked = (NumericColumn) rows.column(0);
    assertThat(stacked.doubleAt(0)).isEqualTo(1);
    assertThat(stacked.doubleAt(8)).isEqualTo(2);
    assertThat(rows.column(1).rowShape()).containsExactly(3);
  }

  @Test
  void shouldPutDefaultsForWhatIsMissingOrEmptyAndConstants() {
    ModelSignature signature =
        signature(
            new TensorSpec("a", DType.INT64, List.of(-1L, -1L)),
            new TensorSpec("c", DType.INT64, List.of(-1L)));
    FieldMapping mapping = new FieldMapping(Map.of(), Set.of(), Map.of("a", "7"), Map.of("c", "5"));
    RecordDecoder decoder =
        new ExampleInputFormat(new InputSettings("in", mapping, Map.of(), new NoRegistry()))
            .decoder(signature);

    for (Examples missing : List.of(new Examples(), new Examples().feature("a", 7, new byte[0]))) {
      Rows rows = Rows.of(signature.inputs(), 1);
      decoder.decode(InputRecords.of(missing.serialized()), rows, 0);

      assertThat(rows.column(0).rowShape()).containsExactly(1);
      assertThat(((NumericColumn) rows.column(0)).longAt(0)).isEqualTo(7);
      assertThat(((NumericColumn) rows.column(1)).longAt(0)).isEqualTo(5);
    }
  }

  @Test
  void shouldRoundFloatsByPermissionOnly() {
    ModelSignature signature = signature(new TensorSpec("x", DType.BFLOAT16, List.of(-1L)));

    assertThat(refusal(signature, new Examples().floats("x", 1).serialized()))
        .hasMessageContaining(
            "Feature x has floats, which bfloat16 holds rounded only (to allow that:"
                + " input.casts.x: narrowing)");
    assertThat(refusal(signature, new Examples().integers("x", 257).serialized()))
        .hasMessageContaining("Feature x is 257 (expected: a whole number that bfloat16 holds");
  }

  @Test
  void shouldSayWhichFeatureDoesNotFit() {
    assertThat(refusal(NAMED, new Examples().integers("age", 1).serialized()))
        .hasMessage("Feature name is missing; input name: string[-1]")
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(DeadLetterReason.SCHEMA_MISMATCH);
    assertThat(refusal(NAMED, new Examples().floats("age", 1).serialized()))
        .hasMessage("Feature age has floats, which do not fit int32; input age: int32[-1]");
    assertThat(refusal(NAMED, new Examples().integers("age", 1L << 40).serialized()))
        .hasMessage(
            "Feature age is 1099511627776 (expected: -2147483648 to 2147483647); input age:"
                + " int32[-1]");
    assertThat(refusal(NAMED, rest().floats("x", 1).serialized()))
        .hasMessage("Feature x has 1 elements (expected: 2); input x: float32[-1,2]");
    assertThat(refusal(NAMED, rest().feature("x", 7, new byte[0]).serialized()).reason())
        .isEqualTo(DeadLetterReason.NULL_FIELD);
  }

  private static Examples rest() {
    return new Examples().integers("age", 1).texts("name", "Ada");
  }

  private static UndecodableRecordException refusal(ModelSignature signature, byte[] record) {
    RecordDecoder decoder = decoder(signature, Map.of());
    Rows rows = Rows.of(signature.inputs(), 1);
    return catchThrowableOfType(
        UndecodableRecordException.class, () -> decoder.decode(InputRecords.of(record), rows, 0));
  }

  private static RecordDecoder decoder(
      ModelSignature signature, Map<String, List<String>> features) {
    return new ExampleInputFormat(
            new InputSettings("in", new FieldMapping(features), Map.of(), new NoRegistry()))
        .decoder(signature);
  }

  private static ModelSignature signature(TensorSpec... inputs) {
    return new ModelSignature("serving_default", List.of(inputs), List.of());
  }
}
