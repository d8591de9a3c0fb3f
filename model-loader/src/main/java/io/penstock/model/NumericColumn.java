package io.penstock.model;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Numbers (and booleans) of a fixed width, little-endian in one byte array: the layout of
 * TensorFlow's CPU tensors and of Avro's blocks of floats, so that both are bulk copies.
 */
public final class NumericColumn implements Column {

  private static final VarHandle FLOATS = view(float[].class);
  private static final VarHandle DOUBLES = view(double[].class);
  private static final VarHandle SHORTS = view(short[].class);
  private static final VarHandle INTS = view(int[].class);
  private static final VarHandle LONGS = view(long[].class);

  private final DType dtype;
  private byte[] bytes = new byte[0];
  private int[] rowShape = new int[0];
  private int rowElements;
  private int capacityRows;

  NumericColumn(DType dtype) {
    if (dtype.widthBytes() == 0) {
      throw new IllegalArgumentException("dtype: " + dtype + " (expected: one of fixed width)");
    }
    this.dtype = dtype;
  }

  @Override
  public DType dtype() {
    return dtype;
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
    int size =
        Math.multiplyExact(Math.multiplyExact(elements, newCapacityRows), dtype.widthBytes());
    if (size > bytes.length) {
      bytes = new byte[size];
    }
    rowShape = newRowShape.clone();
    rowElements = elements;
    capacityRows = newCapacityRows;
  }

  @Override
  public void copyRow(int row, Column target, int targetRow) {
    NumericColumn to = (NumericColumn) target;
    int width = dtype.widthBytes();
    ElementRuns.forEach(
        rowShape,
        to.rowShape,
        (from, into, elements) ->
            System.arraycopy(
                bytes, offset(row, from), to.bytes, to.offset(targetRow, into), elements * width));
  }

  @Override
  public void fillRow(int row, Column element) {
    int width = Math.min(dtype.widthBytes(), rowBytes());
    int start = offset(row, 0);
    System.arraycopy(((NumericColumn) element).bytes, 0, bytes, start, width);
    for (int filled = width; filled < rowBytes(); filled *= 2) {
      System.arraycopy(bytes, start, bytes, start + filled, Math.min(filled, rowBytes() - filled));
    }
  }

  @Override
  public long textBytes(int row) {
    return 0;
  }

  @Override
  public long storageBytes() {
    return bytes.length;
  }

  /** The storage itself: row after row, elements little-endian. May be longer than the rows. */
  public byte[] bytes() {
    return bytes;
  }

  /** Bytes of one row. */
  public int rowBytes() {
    return rowElements * dtype.widthBytes();
  }

  /** The offset in {@link #bytes()} of an element of a row. */
  public int offset(int row, int element) {
    return (row * rowElements + element) * dtype.widthBytes();
  }

  /** Reads a {@code float32} at a byte offset. */
  public float floatAt(int offset) {
    return (float) FLOATS.get(bytes, offset);
  }

  /** Writes a {@code float32} at a byte offset. */
  public void putFloat(int offset, float value) {
    FLOATS.set(bytes, offset, value);
  }

  /** Reads a {@code float64} at a byte offset. */
  public double doubleAt(int offset) {
    return (double) DOUBLES.get(bytes, offset);
  }

  /** Writes a {@code float64} at a byte offset. */
  public void putDouble(int offset, double value) {
    DOUBLES.set(bytes, offset, value);
  }

  /** Reads 16 bits at a byte offset. */
  public short shortAt(int offset) {
    return (short) SHORTS.get(bytes, offset);
  }

  /** Writes 16 bits at a byte offset. */
  public void putShort(int offset, short value) {
    SHORTS.set(bytes, offset, value);
  }

  /** Reads an {@code int32} at a byte offset. */
  public int intAt(int offset) {
    return (int) INTS.get(bytes, offset);
  }

  /** Writes an {@code int32} at a byte offset. */
  public void putInt(int offset, int value) {
    INTS.set(bytes, offset, value);
  }

  /** Reads an {@code int64} at a byte offset. */
  public long longAt(int offset) {
    return (long) LONGS.get(bytes, offset);
  }

  /** Writes an {@code int64} at a byte offset. */
  public void putLong(int offset, long value) {
    LONGS.set(bytes, offset, value);
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN);
  }
}
