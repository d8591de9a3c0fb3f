package io.penstock.codec;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * A value of an input's dtype that a configuration names, such as a default or padding: a column of
 * one element. Immutable.
 */
public final class ConstantValue {

  private final Column element;

  private ConstantValue(Column element) {
    this.element = element;
  }

  /**
   * Reads a number, {@code true} or {@code false}, or any text, as the input's dtype asks for.
   *
   * @param key where the text stands, for messages
   * @throws MappingException if the text is no value of the dtype
   */
  public static ConstantValue of(String key, String text, TensorSpec input) {
    Column element = Column.of(input.dtype());
    element.reshape(new int[0], 1);
    try {
      write(text, element);
    } catch (IllegalArgumentException e) {
      throw new MappingException(
          "%s: '%s' (expected: a value of input %s, %s)"
              .formatted(key, text, input, e.getMessage()));
    }
    return new ConstantValue(element);
  }

  /** Fills a row of a column of that dtype. */
  public void fill(Column column, int row) {
    column.fillRow(row, element);
  }

  /** Puts it into one element of a row of such a column. */
  public void put(Column column, int row, int at) {
    if (column instanceof StringColumn strings) {
      strings.set(row, at, ((StringColumn) element).get(0, 0));
    } else {
      NumericColumn numbers = (NumericColumn) column;
      byte[] bytes = ((NumericColumn) element).bytes();
      System.arraycopy(
          bytes, 0, numbers.bytes(), numbers.offset(row, at), numbers.dtype().widthBytes());
    }
  }

  private static void write(String text, Column element) {
    if (element instanceof StringColumn string) {
      string.set(0, 0, text.getBytes(StandardCharsets.UTF_8));
      return;
    }
    NumericColumn number = (NumericColumn) element;
    switch (number.dtype()) {
      case FLOAT64 -> number.putDouble(0, decimal(text, Double.MAX_VALUE));
      case FLOAT32 -> number.putFloat(0, (float) decimal(text, Float.MAX_VALUE));
      case FLOAT16 ->
          number.putShort(0, HalfPrecision.toFloat16(decimal(text, HalfPrecision.FLOAT16_MAX)));
      case BFLOAT16 ->
          number.putShort(0, HalfPrecision.toBfloat16(decimal(text, HalfPrecision.BFLOAT16_MAX)));
      case BOOL -> number.bytes()[0] = (byte) (truth(text) ? 1 : 0);
      default -> putInteger(text, number);
    }
  }

  private static double decimal(String text, double max) {
    double value;
    try {
      value = Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a number", e);
    }
    if (Double.isFinite(value) && Math.abs(value) > max) {
      throw new IllegalArgumentException("from " + -max + " to " + max);
    }
    return value;
  }

  private static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("true or false");
    };
  }

  private static void putInteger(String text, NumericColumn number) {
    DType dtype = number.dtype();
    int bits = dtype.widthBytes() * Byte.SIZE;
    BigInteger least =
        dtype.isUnsigned() ? BigInteger.ZERO : BigInteger.ONE.shiftLeft(bits - 1).negate();
    BigInteger most =
        BigInteger.ONE.shiftLeft(dtype.isUnsigned() ? bits : bits - 1).subtract(BigInteger.ONE);
    BigInteger value;
    try {
      value = new BigInteger(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("a whole number", e);
    }
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException("from " + least + " to " + most);
    }
    for (int i = 0; i < dtype.widthBytes(); i++) {
      number.bytes()[i] = value.shiftRight(i * Byte.SIZE).byteValue();
    }
  }
}
