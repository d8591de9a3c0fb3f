package io.penstock.model;

/**
 * The values of one input or output for a number of rows, flat and row after row, as TensorFlow
 * wants them. Reused from batch to batch: {@link #reshape} grows the storage and never shrinks it.
 *
 * <p>Not thread-safe: a column belongs to whoever fills, runs or reads its batch.
 */
public sealed interface Column permits NumericColumn, StringColumn {

  /** What a string takes beside its bytes: TensorFlow's {@code tstring}. */
  int STRING_BYTES = 24;

  /** A column of that dtype without storage; {@link #reshape} comes next. */
  static Column of(DType dtype) {
    return dtype == DType.STRING ? new StringColumn() : new NumericColumn(dtype);
  }

  /** The type of its elements. */
  DType dtype();

  /** The dimensions of one row, without the batch dimension; empty for scalars. */
  int[] rowShape();

  /** Elements of one row: the product of {@link #rowShape()}, 1 for scalars. */
  int rowElements();

  /** Rows for which there is storage. */
  int capacityRows();

  /**
   * Gives every row that shape and makes room for that many rows. What the column held is undefined
   * afterwards.
   */
  void reshape(int[] rowShape, int capacityRows);

  /**
   * Copies one row over the beginning of a row of another column, which has an equal dtype and rank
   * and is as long or longer in every dimension. What it is longer by stays as it is.
   */
  void copyRow(int row, Column target, int targetRow);

  /** Sets every element of a row to the first element of another column of equal dtype. */
  void fillRow(int row, Column element);

  /** Bytes of a row's strings; 0 for numbers. */
  long textBytes(int row);

  /** Bytes that the values of a row take; a string takes {@link #STRING_BYTES} and its length. */
  default long valueBytes(int row) {
    return (long) rowElements() * elementBytes(dtype()) + textBytes(row);
  }

  /** Bytes of memory that the column holds on to, strings without their lengths. */
  long storageBytes();

  /** Elements of a row of that shape. */
  static int elements(int[] rowShape) {
    int elements = 1;
    for (int dimension : rowShape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }

  /** Bytes of one element of that dtype, strings without their lengths. */
  static int elementBytes(DType dtype) {
    return dtype == DType.STRING ? STRING_BYTES : dtype.widthBytes();
  }
}
