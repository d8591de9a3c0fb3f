package io.penstock.model;

/**
 * Conversions between Java's numbers and the two floats of 16 bits, which Java 17 has none for:
 * IEEE 754's binary16 ({@link DType#FLOAT16}, 5 bits of exponent) and the upper half of a binary32
 * ({@link DType#BFLOAT16}, 8 bits of exponent). To 16 bits they round to the nearest, ties to even,
 * once and from all bits of the number; from 16 bits they are exact.
 */
public final class HalfPrecision {

  /** The largest finite binary16. */
  public static final float FLOAT16_MAX = 0x1.ffcp15f;

  /** The largest finite bfloat16. */
  public static final float BFLOAT16_MAX = 0x1.fep127f;

  private static final int DOUBLE_FRACTION_BITS = 52;
  private static final long DOUBLE_FRACTION = (1L << DOUBLE_FRACTION_BITS) - 1;

  private static final int FLOAT16_FRACTION_BITS = 10;
  private static final int BFLOAT16_FRACTION_BITS = 7;

  private HalfPrecision() {}

  /** The binary16 nearest to a number; infinite from 65,520 on. */
  public static short toFloat16(double value) {
    return round(value, FLOAT16_FRACTION_BITS);
  }

  /** The number that a binary16 stands for. */
  public static float fromFloat16(short bits) {
    int exponent = (bits >>> FLOAT16_FRACTION_BITS) & 0x1f;
    int fraction = bits & 0x3ff;
    int sign = (bits << Short.SIZE) & 0x8000_0000;
    if (exponent == 0) {
      return Math.copySign(Math.scalb((float) fraction, -24), Float.intBitsToFloat(sign));
    }
    int floatExponent = exponent == 0x1f ? 0xff : exponent - 15 + Float.MAX_EXPONENT;
    return Float.intBitsToFloat(sign | (floatExponent << 23) | (fraction << 13));
  }

  /** The bfloat16 nearest to a number. */
  public static short toBfloat16(double value) {
    return round(value, BFLOAT16_FRACTION_BITS);
  }

  /** The number that a bfloat16 stands for. */
  public static float fromBfloat16(short bits) {
    return Float.intBitsToFloat(bits << Short.SIZE);
  }

  /** Rounds to a sign, an exponent and that many bits of fraction, 16 bits together. */
  private static short round(double value, int fractionBits) {
    int maxExponent = (1 << (Short.SIZE - 2 - fractionBits)) - 1;
    int infinity = (2 * maxExponent + 1) << fractionBits;
    long bits = Double.doubleToRawLongBits(value);
    int sign = (int) (bits >>> (Long.SIZE - Short.SIZE)) & 0x8000;
    if (Double.isNaN(value)) {
      return (short) (sign | infinity | (1 << (fractionBits - 1)));
    }
    if (Double.isInfinite(value)) {
      return (short) (sign | infinity);
    }
    int minExponent = 1 - maxExponent;
    int exponent = Math.max(Math.getExponent(value), minExponent);
    // Numbers below the least exponent keep it and lose bits instead.
    int dropped = DOUBLE_FRACTION_BITS - fractionBits + exponent - Math.getExponent(value);
    long significand = (bits & DOUBLE_FRACTION) | (DOUBLE_FRACTION + 1);
    long kept = dropped > DOUBLE_FRACTION_BITS + 1 ? 0 : nearest(significand, dropped);
    // The hidden bit of a normal number counts the exponent up by one, and so does a carry.
    long magnitude = kept + ((long) (exponent - minExponent) << fractionBits);
    return (short) (sign | (int) Math.min(magnitude, infinity));
  }

  private static long nearest(long significand, int dropped) {
    long kept = significand >>> dropped;
    long rest = significand & ((1L << dropped) - 1);
    long half = 1L << (dropped - 1);
    return rest > half || (rest == half && (kept & 1) == 1) ? kept + 1 : kept;
  }
}
