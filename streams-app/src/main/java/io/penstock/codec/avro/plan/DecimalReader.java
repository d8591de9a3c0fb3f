package io.penstock.codec.avro.plan;

import io.penstock.codec.NumericCast;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import java.math.BigDecimal;
import java.math.BigInteger;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;

/**
 * Reads a decimal, bytes or fixed: an integer in two's complement, highest byte first, and the
 * scale by which it is divided. The nearest float is meant, as for decimals in text; an integer
 * takes whole numbers only.
 */
final class DecimalReader extends ScalarReader {

  /** Of a precision that is read at all: any of its decimals is finite as a double. */
  static final int MAX_PRECISION = 300;

  /** Whole numbers that a double, and a float, hold exactly. */
  private static final long EXACT_DOUBLE = 1L << 53;

  private static final long EXACT_FLOAT = 1L << 24;

  /** The largest powers of ten that a double, and a float, hold exactly. */
  private static final int EXACT_DOUBLE_SCALE = 22;

  private static final int EXACT_FLOAT_SCALE = 10;

  private final FieldTarget target;
  private final NumericCast cast;
  private final DType dtype;
  private final int fixedSize;
  private final int scale;
  private final int mostBytes;
  private final double power;

  DecimalReader(FieldTarget target, NumericCast cast, Schema schema, LogicalTypes.Decimal decimal) {
    super(
        schema.getType() == Schema.Type.FIXED
            ? new Skip.Width(schema.getFixedSize())
            : new Skip.Delimited());
    this.target = target;
    this.cast = cast;
    this.dtype = target.input().dtype();
    this.fixedSize = schema.getType() == Schema.Type.FIXED ? schema.getFixedSize() : -1;
    this.scale = decimal.getScale();
    this.mostBytes =
        Math.max(fixedSize, BigInteger.TEN.pow(decimal.getPrecision()).bitLength() / 8 + 1);
    this.power = Math.pow(10, scale);
  }

  @Override
  int read(AvroCursor in, Column column, int row, int index) {
    int length = fixedSize < 0 ? in.readLength() : fixedSize;
    int from = in.take(length);
    if (length == 0) {
      throw in.malformed("a decimal has no bytes");
    }
    if (length > mostBytes) {
      throw target.outOfRange(
          "a decimal of " + length + " bytes", mostBytes + " at most, by its precision");
    }
    NumericColumn to = (NumericColumn) column;
    int at = to.offset(row, index);
    boolean fits =
        length <= Long.BYTES
            ? put(unscaled(in.bytes(), from, length), to, at)
            : put(decimal(new BigInteger(in.bytes(), from, length)), to, at);
    if (!fits) {
      String value = decimal(new BigInteger(in.bytes(), from, length)).toString();
      String range = cast.least() + " to " + cast.most();
      throw target.outOfRange(
          value, dtype.isFloat() ? cast.expectedFloat() : "a whole number, " + range);
    }
    return index + 1;
  }

  private static long unscaled(byte[] bytes, int from, int length) {
    long value = bytes[from];
    for (int i = 1; i < length; i++) {
      value = value << Byte.SIZE | (bytes[from + i] & 0xff);
    }
    return value;
  }

  private boolean put(long unscaled, NumericColumn to, int at) {
    // One division of two exact numbers is rounded once, and so to the nearest.
    if (dtype == DType.FLOAT64
        && scale <= EXACT_DOUBLE_SCALE
        && Math.abs(unscaled) <= EXACT_DOUBLE
        && unscaled != Long.MIN_VALUE) {
      return cast.put(unscaled / power, to, at);
    }
    if (dtype == DType.FLOAT32
        && scale <= EXACT_FLOAT_SCALE
        && Math.abs(unscaled) <= EXACT_FLOAT
        && unscaled != Long.MIN_VALUE) {
      return cast.put((double) ((float) unscaled / (float) power), to, at);
    }
    if (scale == 0 && !dtype.isFloat()) {
      return cast.put(unscaled, to, at);
    }
    return put(decimal(BigInteger.valueOf(unscaled)), to, at);
  }

  private boolean put(BigDecimal value, NumericColumn to, int at) {
    if (dtype == DType.FLOAT32) {
      float nearest = value.floatValue();
      return !Float.isInfinite(nearest) && cast.put((double) nearest, to, at);
    }
    if (dtype.isFloat()) {
      return cast.put(value.doubleValue(), to, at);
    }
    BigDecimal whole = value.signum() == 0 ? BigDecimal.ZERO : value.stripTrailingZeros();
    return whole.scale() <= 0
        && whole.toBigInteger().bitLength() < Long.SIZE
        && cast.put(whole.longValue(), to, at);
  }

  private BigDecimal decimal(BigInteger unscaled) {
    return new BigDecimal(unscaled, scale);
  }
}
