package io.penstock.codec.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputRecords;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.registry.NoRegistry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonRecordDecoderTest {

  private static final TensorSpec X = input("x", DType.FLOAT32, 2);
  private static final TensorSpec N = input("n", DType.INT32);
  private static final TensorSpec TEXT = input("text", DType.STRING);

  @Test
  void shouldFillNestedStackedAndNamedFieldsWhereverTheyStand() {
    // given
    ModelSignature signature =
        signature(
            input("country", DType.STRING),
            input("v", DType.FLOAT32, 2),
            N,
            input("y", DType.BOOL));
    RecordDecoder decoder =
        decoder(
            signature,
            Map.of("country", List.of("card.country"), "v", List.of("card.v1", "amount")));
    Rows rows = Rows.of(signature.inputs(), 2);
    String record =
        """
        {"ignored": {"n": [1, {"a": null}, "\\u00e4"], "b": 1e5},
         "amount": 12.5, "n": -7, "card": {"v2": 0, "v1": 0.25, "country": "C\\u0048\\n"}, "y": true}
        """;

    // when
    decoder.decode(InputRecords.of(record.getBytes(UTF_8)), rows, 1);

    // then
    assertThat(row(rows.column(0), 1)).containsExactly("CH\n");
    assertThat(row(rows.column(1), 1)).containsExactly(-7);
    assertThat(row(rows.column(2), 1)).containsExactly(0.25f, 12.5f);
    assertThat(row(rows.column(3), 1)).containsExactly((byte) 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1, 2.5]", "{\"x\": [1.0,25e-1]}", " \t\r\n[\n1\t,2.50 ] \n"})
  void shouldTakeABareValueForASingleInput(String record) {
    assertThat(decoded(X, record)).containsExactly(1f, 2.5f);
  }

  @Test
  void shouldTakeTextAndBytesForStrings() {
    assertThat(decoded(TEXT, "\"ä\\ud83d\\ude00\"")).containsExactly("ä\uD83D\uDE00");
    assertThat(decoded(TEXT, "{\"b64\": \"aGk=\"}")).containsExactly("hi");
    assertThat(decoded(TEXT, "{\"text\": {\"b64\": \"aGk=\"}}")).containsExactly("hi");
    assertThat(decoded(input("t", DType.STRING, 2), "[\"a\", {\"b64\": \"\"}]"))
        .containsExactly("a", "");
  }

  @Test
  void shouldReadRanksNestedAndFlat() {
    TensorSpec matrix = input("m", DType.INT64, 2, 3);

    assertThat(decoded(matrix, "[[1,2,3],[4,5,6]]")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
    assertThat(decoded(matrix, "{\"m\": [1,2,3,4,5,6]}")).containsExactly(1L, 2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void shouldGiveAnOpenInputEachRecordsShape() {
    TensorSpec open = input("o", DType.INT64, -1, -1);
    ModelSignature signature = signature(open);
    RecordDecoder decoder = decoder(signature, Map.of());
    Rows rows = Rows.of(signature.inputs(), 1);

    decoder.decode(InputRecords.of("[[1,2],[3,4],[5,6]]".getBytes(UTF_8)), rows, 0);
    assertThat(rows.column(0).rowShape()).containsExactly(3, 2);
    decoder.decode(InputRecords.of("[]".getBytes(UTF_8)), rows, 0);
    assertThat(rows.column(0).rowShape()).containsExactly(0, 0);
    decoder.decode(InputRecords.of("7".getBytes(UTF_8)), rows, 0);
    assertThat(rows.column(0).rowShape()).containsExactly(1, 1);
    assertThat(row(rows.column(0), 0)).containsExactly(7L);
  }

  @Test
  void shouldFeedOneFieldToSeveralInputs() {
    ModelSignature signature = signature(input("a", DType.FLOAT64), input("b", DType.INT8));
    RecordDecoder decoder = decoder(signature, Map.of("a", List.of("n"), "b", List.of("n")));
    Rows rows = Rows.of(signature.inputs(), 1);

    decoder.decode(InputRecords.of("{\"n\": 3}".getBytes(UTF_8)), rows, 0);

    assertThat(row(rows.column(0), 0)).containsExactly(3.0);
    assertThat(row(rows.column(1), 0)).containsExactly((byte) 3);
  }

  /** What is wrong, the reason, and where that is. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          ``                      | MALFORMED          | Malformed JSON at byte 0: the end (expected: '{')
          {"x": [1, 2], "n": 1    | MALFORMED          | Malformed JSON at byte 20: the end (expected: ',' or '}')
          {"x": [1, NaN], "n": 1} | MALFORMED          | Malformed JSON at byte 10: 'N' (expected: a value of JSON, which has no NaN or infinity)
          {"x": [1, 02], "n": 1}  | MALFORMED          | Malformed JSON at byte 10: a number that JSON does not have (expected: one such as -0.5 or 1e-3)
          {"x": [1,], "n": 1}     | MALFORMED          | Malformed JSON at byte 9: ']' (expected: a value of JSON, which has no NaN or infinity)
          {"x": [1, 2], "n": 1}}  | MALFORMED          | Malformed JSON at byte 21: 1 bytes are left over (expected: one value)
          {"x": [1, 2], "z": tru} | MALFORMED          | Malformed JSON at byte 19: 't' (expected: a value of JSON)
          {"x": [1, 2], 'n': 1}   | MALFORMED          | Malformed JSON at byte 14: ''' (expected: '"')
          {"x": [1, 2], "\\x": 1} | MALFORMED          | Malformed JSON at byte 16: an escape that JSON does not have
          {"n":1, "n":1, "x":[]}  | MALFORMED          | Field n is there for the second time at byte 12; input n: int32[-1]
          {"n": 1}                | SCHEMA_MISMATCH    | Field x is missing in the object that ends at byte 8; input x: float32[-1,2]
          {"n": "1", "x": [1, 2]} | SCHEMA_MISMATCH    | Field n is a string (expected: a number) at byte 6; input n: int32[-1]
          {"n": [1], "x": [1, 2]} | SCHEMA_MISMATCH    | Field n is an array (expected: no array) at byte 6; input n: int32[-1]
          {"n": 1, "x": 1}        | SCHEMA_MISMATCH    | Field x is a number (expected: 1 levels of arrays) at byte 14; input x: float32[-1,2]
          {"n": 1, "x": [[1],2]}  | SCHEMA_MISMATCH    | Field x is an array (expected: a number) at byte 15; input x: float32[-1,2]
          {"n": null, "x":[1, 2]} | NULL_FIELD         | Field n is null at byte 6; input n: int32[-1]
          {"n": 1, "x":[1, null]} | NULL_FIELD         | Field x is null at byte 17; input x: float32[-1,2]
          {"n": 1, "x": [1]}      | SHAPE_MISMATCH     | Field x has 1 elements in dimension 1 (expected: 2) at byte 17; input x: float32[-1,2]
          {"n": 1, "x":[1,2,3]}   | SHAPE_MISMATCH     | Field x has more than 2 elements in dimension 1 (expected: 2) at byte 18; input x: float32[-1,2]
          {"n": 2147483648}       | VALUE_OUT_OF_RANGE | Field n is 2147483648 (expected: a whole number from -2147483648 to 2147483647) at byte 16; input n: int32[-1]
          {"n": 1.5}              | VALUE_OUT_OF_RANGE | Field n is 1.5 (expected: a whole number from -2147483648 to 2147483647) at byte 9; input n: int32[-1]
          {"x": [1e39]}           | VALUE_OUT_OF_RANGE | Field x is 1e39 (expected: -3.4028235E38 to 3.4028235E38) at byte 11; input x: float32[-1,2]
          """)
  void shouldSayWhatIsWrongAndWhere(String record, DeadLetterReason reason, String message) {
    ModelSignature signature = signature(N, X);

    assertThat(refusal(signature, record.getBytes(UTF_8)))
        .hasMessage(message)
        .extracting(UndecodableRecordException::reason)
        .isEqualTo(reason);
  }

  @Test
  void shouldRefuseWhatIsNotUtf8() {
    byte[] record = "{\"text\": \"ab\"}".getBytes(UTF_8);
    record[11] = (byte) 0xc3;

    assertThat(refusal(signature(TEXT), record)).hasMessage("Malformed JSON at byte 11: not UTF-8");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "\\ud800"         | half of a surrogate pair
          "\\ud800\\u0041"  | half of a surrogate pair
          "\\u00g1"         | an escape without four hexadecimal digits
          "abc              | a string is cut off
          {"b64": "a?"}     | Malformed base64 at byte 8
          {"b64": "YQ==", } | (expected: '}')
          """)
  void shouldRefuseTextThatIsNone(String record, String message) {
    assertThat(refusal(signature(TEXT), record.getBytes(UTF_8))).hasMessageContaining(message);
  }

  @Test
  void shouldBoundNestingAndNumbers() {
    String deep = "{\"skipped\": " + "[".repeat(100_000) + "]".repeat(100_000) + ", \"n\": 1}";
    String longNumber = "{\"n\": 1" + "0".repeat(1_000_000) + "}";
    String longExponent = "{\"n\": 1e" + "9".repeat(900) + "}";

    assertThat(refusal(signature(N), deep.getBytes(UTF_8)))
        .hasMessage("Malformed JSON at byte 268: values nest deeper than 256 levels");
    assertThat(refusal(signature(N), longNumber.getBytes(UTF_8)))
        .hasMessage(
            "Malformed JSON at byte 6: a number has 1000001 characters (expected: at most 1000)");
    assertThat(refusal(signature(N), longExponent.getBytes(UTF_8)).reason())
        .isEqualTo(DeadLetterReason.VALUE_OUT_OF_RANGE);
  }

  @Test
  void shouldPutDefaultsForWhatIsMissingOrNullAndConstants() {
    // given
    ModelSignature signature =
        signature(
            new TensorSpec("a", DType.INT32, List.of(-1L, 2L)),
            new TensorSpec("b", DType.INT32, List.of(-1L, -1L)),
            new TensorSpec("c", DType.INT32, List.of(-1L)),
            new TensorSpec("s", DType.INT32, List.of(-1L, 2L)));
    FieldMapping mapping =
        new FieldMapping(
            Map.of("b", List.of("below.b"), "s", List.of("x", "below.y")),
            Set.of(),
            Map.of("a", "7", "b", "8", "s", "9"),
            Map.of("c", "5"));

    // when, then
    assertThat(integers(signature, mapping, "{}")).containsExactly(7, 7, 8, 5, 9, 9);
    assertThat(integers(signature, mapping, "{\"a\": null, \"below\": null, \"x\": null}"))
        .containsExactly(7, 7, 8, 5, 9, 9);
    assertThat(
            integers(
                signature,
                mapping,
                "{\"a\": [1, null], \"below\": {\"b\": [2, null, 3], \"y\": 4}, \"x\": 6}"))
        .containsExactly(1, 7, 2, 8, 3, 5, 6, 4);
  }

  /** The elements of all inputs, one after another. */
  private static List<Integer> integers(
      ModelSignature signature, FieldMapping mapping, String record) {
    Rows rows = Rows.of(signature.inputs(), 1);
    new JsonInputFormat(new InputSettings("in", mapping, Map.of(), new NoRegistry()))
        .decoder(signature)
        .decode(InputRecords.of(record.getBytes(UTF_8)), rows, 0);
    List<Integer> integers = new ArrayList<>();
    for (int i = 0; i < signature.inputs().size(); i++) {
      NumericColumn column = (NumericColumn) rows.column(i);
      for (int element = 0; element < column.rowElements(); element++) {
        integers.add(column.intAt(column.offset(0, element)));
      }
    }
    return integers;
  }

  @Test
  void shouldRefuseAMappingThatDoesNotFit() {
    assertThatThrownBy(() -> decoder(signature(N), Map.of("m", List.of("n"))))
        .isInstanceOf(MappingException.class)
        .hasMessageContaining("fields.m is no input of signature serving_default");
  }

  private static List<Object> decoded(TensorSpec input, String record) {
    ModelSignature signature = signature(input);
    Rows rows = Rows.of(signature.inputs(), 1);
    decoder(signature, Map.of()).decode(InputRecords.of(record.getBytes(UTF_8)), rows, 0);
    return row(rows.column(0), 0);
  }

  private static UndecodableRecordException refusal(ModelSignature signature, byte[] record) {
    Rows rows = Rows.of(signature.inputs(), 1);
    RecordDecoder decoder = decoder(signature, Map.of());
    return catchThrowableOfType(
        UndecodableRecordException.class, () -> decoder.decode(InputRecords.of(record), rows, 0));
  }

  private static RecordDecoder decoder(ModelSignature signature, Map<String, List<String>> fields) {
    return new JsonInputFormat(
            new InputSettings("in", new FieldMapping(fields), Map.of(), new NoRegistry()))
        .decoder(signature);
  }

  private static ModelSignature signature(TensorSpec... inputs) {
    return new ModelSignature("serving_default", List.of(inputs), List.of());
  }

  private static TensorSpec input(String name, DType dtype, long... rowShape) {
    List<Long> shape = new ArrayList<>(List.of(-1L));
    for (long dimension : rowShape) {
      shape.add(dimension);
    }
    return new TensorSpec(name, dtype, shape);
  }

  private static List<Object> row(Column column, int row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < column.rowElements(); i++) {
      if (column instanceof NumericColumn numbers) {
        int at = numbers.offset(row, i);
        values.add(
            switch (column.dtype()) {
              case FLOAT32 -> numbers.floatAt(at);
              case FLOAT64 -> numbers.doubleAt(at);
              case INT64 -> numbers.longAt(at);
              case INT32 -> numbers.intAt(at);
              default -> numbers.bytes()[at];
            });
      } else {
        values.add(new String(((StringColumn) column).get(row, i), UTF_8));
      }
    }
    return values;
  }
}
