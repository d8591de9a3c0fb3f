package io.penstock.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RowsTest {

  private static final int ROWS = 3;

  /** Rows of random shapes copied into filled rows that are as long or longer everywhere. */
  @ParameterizedTest
  @EnumSource(DType.class)
  void shouldCopyARowIntoALongerOneAndLeaveTheRestAsItWas(DType dtype) {
    for (long seed = 0; seed < 300; seed++) {
      // given
      Random random = new Random(seed);
      int[] shape = random.ints(random.nextInt(4), 0, 4).toArray();
      int[] longer = Arrays.stream(shape).map(d -> d + random.nextInt(3)).toArray();
      Column from = column(dtype, shape);
      number(from, 1);
      Column into = column(dtype, longer);
      Column padding = column(dtype, new int[0]);
      put(padding, 0, 0, 99);
      for (int row = 0; row < ROWS; row++) {
        into.fillRow(row, padding);
      }

      // when
      from.copyRow(2, into, 1);

      // then
      for (int row = 0; row < ROWS; row++) {
        for (int element = 0; element < into.rowElements(); element++) {
          int index = row == 1 ? within(shape, longer, element) : -1;
          assertThat(get(into, row, element))
              .as("seed: %d, %s in %s", seed, Arrays.toString(shape), Arrays.toString(longer))
              .isEqualTo(index < 0 ? 99 : get(from, 2, index));
        }
      }
    }
  }

  @Test
  void shouldRefuseToCopyIntoRowsOfAnotherRank() {
    assertThatThrownBy(
            () ->
                column(DType.INT32, new int[] {2})
                    .copyRow(0, column(DType.INT32, new int[] {2, 1}), 0))
        .hasMessageStartingWith("rank: 1 (expected: 2");
  }

  @Test
  void shouldCountBytesOfValues() {
    Rows rows =
        Rows.of(
            List.of(
                new TensorSpec("a", DType.FLOAT32, List.of(-1L, 3L)),
                new TensorSpec("b", DType.STRING, List.of(-1L, 2L))),
            ROWS);
    ((StringColumn) rows.column(1)).set(1, 1, new byte[10]);

    assertThat(rows.textBytes(1)).isEqualTo(10);
    assertThat(rows.valueBytes(1)).isEqualTo(12 + 2 * Column.STRING_BYTES + 10);
    assertThat(rows.valueBytes(0)).isEqualTo(12 + 2 * Column.STRING_BYTES);
    assertThat(rows.storageBytes()).isEqualTo(ROWS * (12 + 2 * Column.STRING_BYTES));
  }

  /** The index in a row of the shape of an element of the longer row, −1 if it is not in there. */
  private static int within(int[] shape, int[] longer, int element) {
    int rest = element;
    int index = 0;
    int step = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      int at = rest % longer[d];
      rest /= longer[d];
      if (at >= shape[d]) {
        return -1;
      }
      index += at * step;
      step *= shape[d];
    }
    return index;
  }

  private static Column column(DType dtype, int[] shape) {
    Column column = Column.of(dtype);
    column.reshape(shape, ROWS);
    return column;
  }

  private static void number(Column column, int first) {
    int next = first;
    for (int row = 0; row < ROWS; row++) {
      for (int element = 0; element < column.rowElements(); element++) {
        put(column, row, element, next++);
      }
    }
  }

  /** Writes a number's lowest byte into every byte of an element. */
  private static void put(Column column, int row, int element, int value) {
    if (column instanceof StringColumn strings) {
      strings.set(row, element, new byte[] {(byte) value});
    } else if (column instanceof NumericColumn numbers) {
      int at = numbers.offset(row, element);
      Arrays.fill(numbers.bytes(), at, at + numbers.dtype().widthBytes(), (byte) value);
    }
  }

  private static int get(Column column, int row, int element) {
    if (column instanceof StringColumn strings) {
      return strings.get(row, element)[0];
    }
    NumericColumn numbers = (NumericColumn) column;
    byte first = numbers.bytes()[numbers.offset(row, element)];
    for (int i = 0; i < numbers.dtype().widthBytes(); i++) {
      assertThat(numbers.bytes()[numbers.offset(row, element) + i]).isEqualTo(first);
    }
    return first;
  }
}
