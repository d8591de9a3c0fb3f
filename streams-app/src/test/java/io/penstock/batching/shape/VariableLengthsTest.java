package io.penstock.batching.shape;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.MappingException;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableLengthsTest {

  private static final ModelSignature REVIEWS =
      new ModelSignature(
          "serving_default",
          List.of(
              new TensorSpec("age", DType.FLOAT32, List.of(-1L, 3L)),
              new TensorSpec("tokens", DType.INT64, List.of(-1L, -1L)),
              new TensorSpec("words", DType.STRING, List.of(-1L, -1L, 2L))),
          List.of());

  @Test
  void shouldRefusePaddingOfAnInputThatDoesNotExist() {
    assertThatThrownBy(() -> padding(Map.of("token", "0")).bind("reviews", REVIEWS))
        .isInstanceOf(MappingException.class)
        .hasMessageStartingWith(
            "pipelines.reviews.batch.padding.token: token is no input of signature serving_default (expected: one of")
        .hasMessageContaining("tokens: int64[-1,-1]");
  }

  @Test
  void shouldRefusePaddingAndCostOfAnInputOfFixedSize() {
    assertThatThrownBy(() -> padding(Map.of("age", "0")).bind("reviews", REVIEWS))
        .hasMessage(
            "pipelines.reviews.batch.padding.age: input age: float32[-1,3] of signature serving_default has rows of"
                + " fixed size (expected: an input with an open dimension, -1, behind the first)");
    VariableLengths cost =
        new VariableLengths(Map.of(), List.of(), new VariableLengths.Cost("age", 1));
    assertThatThrownBy(() -> cost.bind("reviews", REVIEWS))
        .hasMessageStartingWith("pipelines.reviews.batch.cost.input: input age");
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, -128, 80",
    "UINT8, 255, ff",
    "INT16, -2, feff",
    "UINT16, 65535, ffff",
    "INT32, -1, ffffffff",
    "UINT32, 4294967295, ffffffff",
    "INT64, 1, 0100000000000000",
    "UINT64, 18446744073709551615, ffffffffffffffff",
    "FLOAT16, 1, 003c",
    "BFLOAT16, -2, 00c0",
    "FLOAT32, 1.5, 0000c03f",
    "FLOAT64, NaN, 000000000000f87f",
    "BOOL, true, 01",
    "BOOL, false, 00"
  })
  void shouldReadPaddingAsTheDtypeAsksFor(DType dtype, String text, String bytes) {
    NumericColumn column = (NumericColumn) filled(dtype, text).column(0);

    String element = HexFormat.of().formatHex(column.bytes(), 0, dtype.widthBytes());
    assertThat(element).isEqualTo(bytes);
    assertThat(HexFormat.of().formatHex(column.bytes())).isEqualTo(element.repeat(5));
  }

  @Test
  void shouldReadAnyTextAsAString() {
    StringColumn column = (StringColumn) filled(DType.STRING, "[PAD]").column(0);

    assertThat(column.get(0, 4)).isEqualTo("[PAD]".getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, 128, from -128 to 127",
    "UINT64, -1, from 0 to 18446744073709551615",
    "INT32, 1.5, a whole number",
    "FLOAT16, 65505, from -65504.0 to 65504.0",
    "FLOAT32, 1e39, from -3.4028234663852886E38 to 3.4028234663852886E38",
    "FLOAT64, zero, a number",
    "BOOL, 1, true or false"
  })
  void shouldRefusePaddingThatIsNoValueOfTheDtype(DType dtype, String text, String expected) {
    assertThatThrownBy(() -> filled(dtype, text))
        .isInstanceOf(MappingException.class)
        .hasMessage(
            "pipelines.reviews.batch.padding.x: '%s' (expected: a value of input x: %s[-1,-1], %s)"
                .formatted(text, dtype, expected));
  }

  @Test
  void shouldFillRowsUpToTheLongestOfTheirBatch() {
    // given
    RowShapes shapes = padding(Map.of("tokens", "-1", "words", "-")).bind("reviews", REVIEWS);
    Rows one = row(new long[] {1}, "a", "b");
    Rows two = row(new long[] {2, 3});
    RowShape all = shapes.of(one, 1 << 20).union(shapes.of(two, 1 << 20));
    Rows batch = Rows.of(REVIEWS.inputs());

    // when
    shapes.layOut(List.of(one, two), all, batch);

    // then
    NumericColumn tokens = (NumericColumn) batch.column(1);
    assertThat(tokens.rowShape()).containsExactly(2);
    assertThat(List.of(0, 8, 16, 24)).extracting(tokens::longAt).containsExactly(1L, -1L, 2L, 3L);
    assertThat(batch.column(2).rowShape()).containsExactly(1, 2);
    assertThat(words(batch, 0)).containsExactly("a", "b");
    assertThat(words(batch, 1)).containsExactly("-", "-");
    assertThat(shapes.mayJoin(shapes.of(one, 1 << 20), shapes.of(two, 1 << 20))).isTrue();
  }

  @Test
  void shouldFillLengthsUpToTheirBucket() {
    // given
    RowShapes shapes =
        new VariableLengths(Map.of("tokens", "0"), List.of(2, 4), null).bind("reviews", REVIEWS);

    // then
    assertThat(lengths(shapes, 0, 1, 2, 3, 4, 5)).containsExactly(2, 2, 2, 4, 4, 5);
    assertThat(shapes.mayJoin(shape(shapes, 1), shape(shapes, 2))).isTrue();
    assertThat(shapes.mayJoin(shape(shapes, 2), shape(shapes, 3))).isFalse();
    assertThat(shapes.mayJoin(shape(shapes, 5), shape(shapes, 6))).isFalse();
  }

  @Test
  void shouldLeaveARowItsLengthWhereTheBucketWouldMakeItTooLarge() {
    RowShapes shapes =
        new VariableLengths(Map.of("tokens", "0"), List.of(1 << 24), null).bind("reviews", REVIEWS);

    assertThat(lengths(shapes, 3)).containsExactly(3);
  }

  private static List<Integer> lengths(RowShapes shapes, int... lengths) {
    return java.util.Arrays.stream(lengths)
        .mapToObj(length -> shape(shapes, length).column(1)[0])
        .toList();
  }

  private static RowShape shape(RowShapes shapes, int length) {
    return shapes.of(row(new long[length]), 1 << 20);
  }

  private static VariableLengths padding(Map<String, String> padding) {
    return new VariableLengths(padding, List.of(), null);
  }

  /** An empty row filled up to five elements. */
  private static Rows filled(DType dtype, String text) {
    ModelSignature signature =
        new ModelSignature("s", List.of(new TensorSpec("x", dtype, List.of(-1L, -1L))), List.of());
    RowShapes shapes = padding(Map.of("x", text)).bind("reviews", signature);
    Rows empty = Rows.of(signature.inputs(), 1);
    Rows batch = Rows.of(signature.inputs());
    shapes.layOut(List.of(empty), new RowShape(new int[][] {{5}}), batch);
    return batch;
  }

  private static Rows row(long[] tokens, String... words) {
    Rows row = Rows.of(REVIEWS.inputs(), 1);
    row.column(1).reshape(new int[] {tokens.length}, 1);
    for (int i = 0; i < tokens.length; i++) {
      ((NumericColumn) row.column(1)).putLong(i * Long.BYTES, tokens[i]);
    }
    row.column(2).reshape(new int[] {words.length / 2, 2}, 1);
    for (int i = 0; i < words.length; i++) {
      ((StringColumn) row.column(2)).set(0, i, words[i].getBytes(StandardCharsets.UTF_8));
    }
    return row;
  }

  private static List<String> words(Rows rows, int row) {
    StringColumn words = (StringColumn) rows.column(2);
    return java.util.stream.IntStream.range(0, words.rowElements())
        .mapToObj(i -> new String(words.get(row, i), StandardCharsets.UTF_8))
        .toList();
  }
}
