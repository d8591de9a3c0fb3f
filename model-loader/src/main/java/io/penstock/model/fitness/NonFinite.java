package io.penstock.model.fitness;

import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * An infinity or NaN among outputs, and where it is.
 *
 * @param row from 0
 * @param element within the row, from 0
 */
public record NonFinite(TensorSpec output, int row, int element) {

  /** The first of a batch; empty if all is numbers. */
  static Optional<NonFinite> first(ModelSignature signature, Rows outputs, int rows) {
    return IntStream.range(0, signature.outputs().size())
        .mapToObj(i -> first(signature.outputs().get(i), outputs.column(i), rows))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** The first of one output. */
  static Optional<NonFinite> first(TensorSpec output, Column column, int rows) {
    for (int row = 0; row < rows; row++) {
      int element = firstElement(column, row);
      if (element >= 0) {
        return Optional.of(new NonFinite(output, row, element));
      }
    }
    return Optional.empty();
  }

  /**
   * The first element of a row that is not finite (IEEE 754: all bits of the exponent set); −1 if
   * all are. Allocates nothing.
   */
  public static int firstElement(Column column, int row) {
    if (!(column instanceof NumericColumn numbers)) {
      return -1;
    }
    int exponentInHighBytes =
        switch (column.dtype()) {
          case FLOAT16 -> 0x7C00;
          case BFLOAT16, FLOAT32 -> 0x7F80;
          case FLOAT64 -> 0x7FF0;
          default -> 0;
        };
    if (exponentInHighBytes == 0) {
      return -1;
    }
    byte[] bytes = numbers.bytes();
    int width = column.dtype().widthBytes();
    // Little-endian: the exponent is in the last two bytes of each element.
    int last = numbers.offset(row, 0) + width - 1;
    for (int element = 0; element < column.rowElements(); element++, last += width) {
      int high = ((bytes[last] & 0xFF) << 8) | (bytes[last - 1] & 0xFF);
      if ((high & exponentInHighBytes) == exponentInHighBytes) {
        return element;
      }
    }
    return -1;
  }

  /** {@code output y: float32[-1,2], row 0, element 1}. */
  @Override
  public String toString() {
    return "output %s, row %d, element %d".formatted(output, row, element);
  }
}
