package io.penstock.requests;

import io.penstock.codec.PredictionEncoder;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * A row of outputs as bytes, on its way from an inference thread to whoever answers: for each
 * output its rank and dimensions, then its elements; numbers as columns hold them, strings behind
 * their lengths. Never leaves the process. Thread-safe.
 */
final class OutputRow implements PredictionEncoder {

  /** How often a row's outputs are there while an answer is made: as they came, side by side. */
  static final long COPIES = 2;

  /**
   * Bytes of a row that are known beforehand: of the outputs whose rows are numbers of one size.
   */
  static long foreseenBytes(List<TensorSpec> outputs) {
    long bytes = 0;
    for (TensorSpec output : outputs) {
      if (output.dtype() != DType.STRING && output.isFixedSize()) {
        bytes += Integer.BYTES * (1L + output.rowShape().size());
        bytes += (long) output.rowElements() * output.dtype().widthBytes();
      }
    }
    return bytes;
  }

  @Override
  public byte[] encode(Rows outputs, int row) {
    int size = 0;
    for (Column column : outputs.columns()) {
      size += Integer.BYTES * (1 + column.rowShape().length) + elementBytes(column, row);
    }
    ByteBuffer to = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    for (Column column : outputs.columns()) {
      to.putInt(column.rowShape().length);
      for (int dimension : column.rowShape()) {
        to.putInt(dimension);
      }
      if (column instanceof NumericColumn numbers) {
        to.put(numbers.bytes(), numbers.offset(row, 0), numbers.rowBytes());
      } else if (column instanceof StringColumn strings) {
        for (int element = 0; element < strings.rowElements(); element++) {
          byte[] value = strings.get(row, element);
          to.putInt(value.length).put(value);
        }
      }
    }
    return to.array();
  }

  private static int elementBytes(Column column, int row) {
    return column instanceof NumericColumn numbers
        ? numbers.rowBytes()
        : Math.toIntExact(Integer.BYTES * (long) column.rowElements() + column.textBytes(row));
  }

  /**
   * The columns that those rows were taken from, all rows side by side.
   *
   * @throws RefusedRequestException if they are not of one shape
   */
  static Rows join(List<TensorSpec> outputs, byte[][] rows) {
    Rows joined = Rows.of(outputs);
    for (int row = 0; row < rows.length; row++) {
      ByteBuffer from = ByteBuffer.wrap(rows[row]).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < outputs.size(); i++) {
        int[] shape = new int[from.getInt()];
        for (int d = 0; d < shape.length; d++) {
          shape[d] = from.getInt();
        }
        Column column = joined.column(i);
        if (row == 0) {
          column.reshape(shape, rows.length);
        } else if (!Arrays.equals(shape, column.rowShape())) {
          throw new RefusedRequestException(
              RefusedRequestException.Code.INTERNAL,
              "output %s has rows of the shapes %s and %s, which are no tensor (expected: one)"
                  .formatted(
                      outputs.get(i).name(),
                      Arrays.toString(column.rowShape()),
                      Arrays.toString(shape)));
        }
        read(from, column, row);
      }
    }
    return joined;
  }

  private static void read(ByteBuffer from, Column column, int row) {
    if (column instanceof NumericColumn numbers) {
      from.get(numbers.bytes(), numbers.offset(row, 0), numbers.rowBytes());
    } else if (column instanceof StringColumn strings) {
      for (int element = 0; element < strings.rowElements(); element++) {
        byte[] value = new byte[from.getInt()];
        from.get(value);
        strings.set(row, element, value);
      }
    }
  }
}
