package io.penstock.requests;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.Arrays;
import java.util.List;

/**
 * The rows of one request: columns of a signature's inputs, all rows of one shape, which is held
 * against the signature. Nobody changes them once they are handed over.
 *
 * @param count how many, 1 or more
 */
public record RequestRows(ModelSignature signature, Rows rows, int count) {

  /**
   * Rows that fit.
   *
   * @throws RefusedRequestException if they do not, naming the input
   */
  public RequestRows {
    if (count < 1) {
      throw RefusedRequestException.invalid("rows: " + count + " (expected: 1 or more)");
    }
    for (int i = 0; i < signature.inputs().size(); i++) {
      requireShape(signature.inputs().get(i), rows.column(i).rowShape());
      if (rows.column(i).capacityRows() < count) {
        throw new IllegalArgumentException(
            "count: %d (expected: at most %d)".formatted(count, rows.column(i).capacityRows()));
      }
    }
  }

  /**
   * To be asked also before a column is filled: a few bytes can declare a shape of millions.
   *
   * @throws RefusedRequestException if the input takes no rows of that shape
   */
  public static void requireShape(TensorSpec input, int[] shape) {
    List<Long> expected = input.rowShape();
    boolean fits = shape.length == expected.size();
    for (int i = 0; fits && i < shape.length; i++) {
      fits = expected.get(i) < 0 || expected.get(i) == shape[i];
    }
    if (!fits) {
      throw RefusedRequestException.invalid(
          "input %s: rows have the shape %s (expected: %s)"
              .formatted(input, Arrays.toString(shape), expected));
    }
  }

  /** Bytes that they take. */
  long bytes() {
    long bytes = rows.storageBytes();
    for (Column column : rows.columns()) {
      if (column.dtype() == DType.STRING) {
        for (int row = 0; row < count; row++) {
          bytes += column.textBytes(row);
        }
      }
    }
    return bytes;
  }
}
