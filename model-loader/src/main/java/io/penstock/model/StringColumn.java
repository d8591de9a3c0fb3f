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
    byte[][] to = ((StringColumn) target).values;
    System.arraycopy(values, row * rowElements, to, targetRow * rowElements, rowElements);
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
