package io.penstock.model.tensorflow;

import io.penstock.model.Column;
import io.penstock.model.ModelRunException;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Tensor;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffer;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TString;

/**
 * Copies columns into tensors and tensors into columns: numbers in one bulk copy, since both are
 * flat and little-endian. Stateless.
 */
final class TensorCopy {

  private TensorCopy() {}

  /**
   * A tensor of the column's first rows. The caller closes it.
   *
   * @param scalar whether the tensor has no batch dimension, for one row
   */
  static Tensor toTensor(Column column, int rows, boolean scalar) {
    Shape shape = scalar ? Shape.scalar() : Shape.of(shape(column.rowShape(), rows));
    if (column instanceof NumericColumn numbers) {
      return toTensor(numbers, shape, rows * numbers.rowBytes());
    }
    return toTensor((StringColumn) column, shape, rows);
  }

  private static Tensor toTensor(NumericColumn column, Shape shape, int bytes) {
    return Tensor.of(
        TensorType.tensorType(column.dtype()),
        shape,
        tensor -> tensor.asRawTensor().data().write(column.bytes(), 0, bytes));
  }

  private static Tensor toTensor(StringColumn column, Shape shape, int rows) {
    byte[][] values = new byte[rows * column.rowElements()][];
    for (int row = 0, i = 0; row < rows; row++) {
      for (int element = 0; element < column.rowElements(); element++) {
        values[i++] = column.get(row, element);
      }
    }
    return TString.tensorOfBytes(shape, DataBuffers.ofObjects(values));
  }

  /**
   * Fills a column with a tensor's rows and gives it the tensor's shape.
   *
   * @param scalar whether the tensor has no batch dimension
   * @throws ModelRunException if dtype, shape or rows are not what the signature says
   */
  static void toColumn(Tensor tensor, TensorSpec spec, int rows, boolean scalar, Column column) {
    long[] shape = scalar && tensor.shape().isScalar() ? new long[] {1} : tensor.shape().asArray();
    if (tensor.dataType() != TensorType.carrier(spec.dtype()) || !fits(shape, spec.shape())) {
      throw new ModelRunException(
          "output %s: %s%s (expected: %s"
              .formatted(spec, tensor.dataType(), Arrays.toString(shape), expected(spec)));
    }
    if (shape[0] != rows) {
      throw new ModelRunException(
          ("output %s: %d rows (expected: %d, one for each row of input). The model mixes rows, so"
                  + " it cannot be served in batches.")
              .formatted(spec, shape[0], rows));
    }
    column.reshape(rowShape(shape), rows);
    if (column instanceof NumericColumn numbers) {
      tensor.asRawTensor().data().read(numbers.bytes(), 0, rows * numbers.rowBytes());
    } else {
      read((TString) tensor, (StringColumn) column, rows);
    }
  }

  /** A signature that gives no rank, which is common, has not to take the blame for a wrong one. */
  private static String expected(TensorSpec spec) {
    return spec.shape().equals(List.of(-1L))
        ? "one value for each row, as the signature says, or as it is taken where it gives no rank). Export the model with the shapes of its outputs, or reshape this one within it."
        : "as the signature says). Export the model again.";
  }

  private static void read(TString tensor, StringColumn column, int rows) {
    NdArray<byte[]> values = tensor.asBytes();
    DataBuffer<byte[]> flat =
        DataBuffers.ofObjects(byte[].class, (long) rows * column.rowElements());
    values.copyTo(flat);
    long i = 0;
    for (int row = 0; row < rows; row++) {
      for (int element = 0; element < column.rowElements(); element++) {
        column.set(row, element, flat.getObject(i++));
      }
    }
  }

  /** Whether a shape has the dimensions that a signature gives; −1 stands for any. */
  static boolean fits(long[] shape, List<Long> signature) {
    if (shape.length != signature.size()) {
      return false;
    }
    for (int i = 0; i < shape.length; i++) {
      if (signature.get(i) >= 0 && signature.get(i) != shape[i]) {
        return false;
      }
    }
    return true;
  }

  /** The shape of a batch. */
  static long[] shape(int[] rowShape, int rows) {
    long[] shape = new long[rowShape.length + 1];
    shape[0] = rows;
    for (int i = 0; i < rowShape.length; i++) {
      shape[i + 1] = rowShape[i];
    }
    return shape;
  }

  /** The dimensions of one row of a batch of that shape. */
  static int[] rowShape(long[] shape) {
    int[] rowShape = new int[shape.length - 1];
    for (int i = 0; i < rowShape.length; i++) {
      rowShape[i] = Math.toIntExact(shape[i + 1]);
    }
    return rowShape;
  }
}
