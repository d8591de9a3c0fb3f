package io.penstock.model;

/**
 * The values of one input or output for a number of rows, flat and row after row, as TensorFlow
 * wants them. Reused from batch to batch: {@link #reshape} grows the storage and never shrinks it.
 *
 * <p>Not thread-safe: a column belongs to whoever fills, runs or reads its batch.
 */
public sealed interface Column permits NumericColumn, StringColumn {

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

  /** Copies one row of this column over a row of another with equal dtype and row elements. */
  void copyRow(int row, Column target, int targetRow);

  /** Elements of a row of that shape. */
  static int elements(int[] rowShape) {
    int elements = 1;
    for (int dimension : rowShape) {
      elements = Math.multiplyExact(elements, dimension);
    }
    return elements;
  }
}
