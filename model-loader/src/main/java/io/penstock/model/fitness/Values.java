package io.penstock.model.fitness;

import io.penstock.model.Column;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/** Single elements of columns as Java's own values, for messages and JSON. Stateless. */
final class Values {

  private Values() {}

  /**
   * An element: a {@code Float} or {@code Double} for floating-point numbers, a {@code Long} for
   * integers (a {@code BigInteger} for {@code uint64}), a {@code Boolean}, a {@code ByteBuffer} for
   * a string.
   */
  static Object at(Column column, int row, int element) {
    if (column instanceof StringColumn strings) {
      return ByteBuffer.wrap(strings.get(row, element));
    }
    NumericColumn numbers = (NumericColumn) column;
    int offset = numbers.offset(row, element);
    return switch (column.dtype()) {
      case FLOAT32 -> numbers.floatAt(offset);
      case FLOAT64 -> numbers.doubleAt(offset);
      case FLOAT16 -> HalfPrecision.fromFloat16(numbers.shortAt(offset));
      case BFLOAT16 -> HalfPrecision.fromBfloat16(numbers.shortAt(offset));
      case INT8 -> (long) numbers.bytes()[offset];
      case UINT8 -> (long) Byte.toUnsignedInt(numbers.bytes()[offset]);
      case INT16 -> (long) numbers.shortAt(offset);
      case UINT16 -> (long) Short.toUnsignedInt(numbers.shortAt(offset));
      case INT32 -> (long) numbers.intAt(offset);
      case UINT32 -> Integer.toUnsignedLong(numbers.intAt(offset));
      case INT64 -> numbers.longAt(offset);
      case UINT64 -> new BigInteger(Long.toUnsignedString(numbers.longAt(offset)));
      case BOOL -> numbers.bytes()[offset] != 0;
      case STRING -> throw new IllegalStateException("numbers are no strings");
    };
  }

  /** A string's text; empty if its bytes are no UTF-8. */
  static Optional<String> text(ByteBuffer string) {
    try {
      return Optional.of(StandardCharsets.UTF_8.newDecoder().decode(string.duplicate()).toString());
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }

  /** An element's place within its row: {@code [2][0]}; empty for a scalar. */
  static String place(int[] rowShape, int element) {
    int[] indices = new int[rowShape.length];
    int rest = element;
    for (int i = rowShape.length - 1; i >= 0; i--) {
      indices[i] = rest % rowShape[i];
      rest /= rowShape[i];
    }
    StringBuilder place = new StringBuilder();
    Arrays.stream(indices).forEach(index -> place.append('[').append(index).append(']'));
    return place.toString();
  }
}
