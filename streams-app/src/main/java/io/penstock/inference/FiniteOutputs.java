package io.penstock.inference;

import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import org.jspecify.annotations.Nullable;

/** Looks for infinite numbers and NaN (IEEE 754: all bits of the exponent set). Stateless. */
final class FiniteOutputs {

  private FiniteOutputs() {}

  /** Which output of a row is not finite, as a user is told; null if all are. */
  static @Nullable String violation(ModelSignature signature, Rows outputs, int row) {
    for (int i = 0; i < outputs.columns().size(); i++) {
      int element = firstNotFinite(outputs.column(i), row);
      if (element >= 0) {
        return "output %s: element %d is infinite or not a number (expected: finite numbers, or output.non-finite: pass)"
            .formatted(signature.outputs().get(i), element);
      }
    }
    return null;
  }

  /** The first element of a row that is not finite; −1 if all are. */
  private static int firstNotFinite(Column column, int row) {
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
}
