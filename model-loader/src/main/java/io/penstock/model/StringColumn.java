package io.penstock.model;

import java.util.Arrays;

/** Byte strings of any length, one array each: TensorFlow's {@code string} dtype is bytes. */
public final class StringColumn implements Column {

  private static final byte[] EMPTY = new byte[0];

  private byte[][] values = new byte[0][];
  private int[] rowShape = new int[0];
  private int rowElements;
  private int capacityRows;

  StringColumn() {}

  @Override
  public DType dtype() {
    return DType.STRING;
  }

  @Override
  public int[] rowShape() {
    return rowShape;
  }

  @Override
  public int rowElements() {
    return rowElements;
  }

  @Override
  public int capacityRows() {
    return capacityRows;
  }

  @Override
  public void reshape(int[] newRowShape, int newCapacityRows) {
    int elements = Column.elements(newRowShape);
    int size = Math.multiplyExact(elements, newCapacityRows);
    if (size > values.length) {
      values = new byte[size][];
    }
    Arrays.fill(values, EMPTY);
    rowShape = newRowShape.clone();
    rowElements = elements;
    capacityRows = newCapacityRows;
  }

  @Override
  public void copyRow(int row, Column target, int targetRow) {
    StringColumn to = (StringColumn) target;
    ElementRuns.forEach(
        rowShape,
        to.rowShape,
        (from, into, elements) ->
            System.arraycopy(
                values,
                row * rowElements + from,
                to.values,
                targetRow * to.rowElements + into,
                elements));
  }

  @Override
  public void fillRow(int row, Column element) {
    int start = row * rowElements;
    Arrays.fill(values, start, start + rowElements, ((StringColumn) element).values[0]);
  }

  @Override
  public long textBytes(int row) {
    long bytes = 0;
    for (int element = 0; element < rowElements; element++) {
      bytes += get(row, element).length;
    }
    return bytes;
  }

  @Override
  public long storageBytes() {
    return (long) values.length * STRING_BYTES;
  }

  /** An element of a row; never null. Not a copy. */
  public byte[] get(int row, int element) {
    return values[row * rowElements + element];
  }

  /** Sets an element of a row. The array is kept, not copied. */
  public void set(int row, int element, byte[] value) {
    values[row * rowElements + element] = value;
  }
}
