package io.penstock.codec;

import io.penstock.model.Column;
import io.penstock.model.TensorSpec;
import java.util.Arrays;
import java.util.List;

/**
 * How a flat run of elements becomes a row of an input: in row-major order, as many as the row has.
 * Of a row with one open dimension, that many elements say how long it is. Thread-safe.
 */
public final class FlatRow {

  private final TensorSpec input;
  private final int[] shape;

  /** The dimension that is open; −1 if none is. */
  private final int open;

  /** Elements of all other dimensions. */
  private final int others;

  private FlatRow(TensorSpec input, int[] shape, int open, int others) {
    this.input = input;
    this.shape = shape;
    this.open = open;
    this.others = others;
  }

  /**
   * The row of an input.
   *
   * @throws MappingException if more than one of its dimensions is open
   */
  public static FlatRow of(TensorSpec input) {
    List<Long> dimensions = input.rowShape();
    int[] shape = dimensions.stream().mapToInt(d -> (int) Math.max(-1, d)).toArray();
    int open = -1;
    int others = 1;
    for (int i = 0; i < shape.length; i++) {
      if (shape[i] >= 0) {
        others = Math.multiplyExact(others, shape[i]);
      } else if (open >= 0) {
        throw new MappingException(
            "Input "
                + input
                + " has rows with several open dimensions, which flat values do not tell (expected:"
                + " one at most)");
      } else {
        open = i;
      }
    }
    return new FlatRow(input, shape, open, others);
  }

  /** Elements of a row, or of each step of its open dimension. */
  public int unit() {
    return others;
  }

  /** Whether rows have as many elements each. */
  public boolean isFixed() {
    return open < 0;
  }

  /**
   * Makes room for a row of so many elements.
   *
   * @throws UndecodableRecordException if no row has so many
   */
  public void require(long elements, String what, Column column) {
    if (open < 0) {
      if (elements != others) {
        throw wrong(elements, what, String.valueOf(others));
      }
      return;
    }
    long length = others == 0 ? 0 : elements / others;
    if (length * others != elements) {
      throw wrong(elements, what, "a multiple of " + others);
    }
    if (column.capacityRows() >= 1 && column.rowShape()[open] == length) {
      return;
    }
    int[] rowShape = Arrays.copyOf(shape, shape.length);
    rowShape[open] = Math.toIntExact(length);
    makeRoom(column, rowShape);
  }

  /** Gives the column of an input with open dimensions that shape, if it has not got it. */
  public static void makeRoom(Column column, int[] rowShape) {
    if (column.capacityRows() >= 1 && Arrays.equals(column.rowShape(), rowShape)) {
      return;
    }
    if (column.capacityRows() > 1) {
      throw new IllegalStateException(
          "capacityRows: "
              + column.capacityRows()
              + " (expected: 1, since an input with open dimensions is reshaped)");
    }
    column.reshape(rowShape, 1);
  }

  private UndecodableRecordException wrong(long elements, String what, String expected) {
    return new UndecodableRecordException(
        DeadLetterReason.SHAPE_MISMATCH,
        "%s has %d elements (expected: %s); input %s".formatted(what, elements, expected, input));
  }
}
