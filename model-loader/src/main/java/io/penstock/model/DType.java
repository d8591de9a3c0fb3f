package io.penstock.model;

/**
 * A tensor's element type, by TensorFlow's own names ({@code tensorflow.DataType}, lower case as in
 * Python). Numeric elements have a fixed width and are held little-endian; {@link #STRING} elements
 * are byte strings of any length.
 */
public enum DType {
  FLOAT32(4),
  FLOAT64(8),
  FLOAT16(2),
  BFLOAT16(2),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  BOOL(1),
  STRING(0);

  private final int widthBytes;

  DType(int widthBytes) {
    this.widthBytes = widthBytes;
  }

  /** Bytes of one element; 0 for {@link #STRING}, whose elements have no fixed width. */
  public int widthBytes() {
    return widthBytes;
  }

  /** Whether it is a floating-point number of any width. */
  public boolean isFloat() {
    return this == FLOAT16 || this == BFLOAT16 || this == FLOAT32 || this == FLOAT64;
  }

  /** Whether it is an integer without a sign. */
  public boolean isUnsigned() {
    return this == UINT8 || this == UINT16 || this == UINT32 || this == UINT64;
  }

  /** TensorFlow's name in Python: {@code float32}, {@code int64}, {@code string}. */
  @Override
  public String toString() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }
}
