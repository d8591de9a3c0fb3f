package io.penstock.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Flat columns for a number of rows, one column for each input (or output) of a signature, in the
 * signature's order.
 *
 * <p>Not thread-safe: rows belong to whoever fills, runs or reads their batch.
 */
public final class Rows {

  private final List<Column> columns;

  private Rows(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /** Columns of those dtypes without storage. */
  public static Rows of(List<TensorSpec> specs) {
    List<Column> columns = new ArrayList<>(specs.size());
    for (TensorSpec spec : specs) {
      columns.add(Column.of(spec.dtype()));
    }
    return new Rows(columns);
  }

  /**
   * Columns with room for that many rows. Open dimensions of a row are 0 until somebody reshapes
   * the column.
   */
  public static Rows of(List<TensorSpec> specs, int capacityRows) {
    Rows rows = of(specs);
    for (int i = 0; i < specs.size(); i++) {
      int[] shape =
          specs.get(i).rowShape().stream().mapToInt(d -> Math.toIntExact(Math.max(0, d))).toArray();
      rows.column(i).reshape(shape, capacityRows);
    }
    return rows;
  }

  /** The columns, in the signature's order. */
  public List<Column> columns() {
    return columns;
  }

  /** The column of the signature's input (or output) with that index. */
  public Column column(int index) {
    return columns.get(index);
  }

  /** How many rows there is room for, in the first column at least. */
  public int capacityRows() {
    return columns.get(0).capacityRows();
  }

  /** Some of the columns, by their indices: the same ones, not copies. */
  public Rows select(List<Integer> indices) {
    return new Rows(indices.stream().map(columns::get).toList());
  }

  /** Gives every column the row shape of its counterpart and room for that many rows. */
  public void reshapeLike(Rows other, int capacityRows) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).reshape(other.columns.get(i).rowShape(), capacityRows);
    }
  }

  /** Whether every column's rows are shaped like those of its counterpart. */
  public boolean hasRowShapeOf(Rows other) {
    for (int i = 0; i < columns.size(); i++) {
      if (!Arrays.equals(columns.get(i).rowShape(), other.columns.get(i).rowShape())) {
        return false;
      }
    }
    return true;
  }

  /** Copies one row over a row of other columns, each as {@link Column#copyRow} does. */
  public void copyRow(int row, Rows target, int targetRow) {
    for (int i = 0; i < columns.size(); i++) {
      columns.get(i).copyRow(row, target.columns.get(i), targetRow);
    }
  }

  /** Bytes of a row's strings. */
  public long textBytes(int row) {
    long bytes = 0;
    for (Column column : columns) {
      bytes += column.textBytes(row);
    }
    return bytes;
  }

  /** Bytes that the values of a row take. */
  public long valueBytes(int row) {
    long bytes = 0;
    for (Column column : columns) {
      bytes += column.valueBytes(row);
    }
    return bytes;
  }

  /** Bytes of memory that the columns hold on to, strings without their lengths. */
  public long storageBytes() {
    long bytes = 0;
    for (Column column : columns) {
      bytes += column.storageBytes();
    }
    return bytes;
  }
}
