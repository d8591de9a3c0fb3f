package io.penstock.codec.json.row;

import ch.randelshofer.fastdoubleparser.JavaDoubleParser;
import ch.randelshofer.fastdoubleparser.JavaFloatParser;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;

/**
 * The number that was scanned last. Its digits are gathered while they are scanned, so that nearly
 * every number is one multiplication away; those that are not so short or so close to 1 are parsed
 * again, from the bytes. All are rounded to the nearest, ties to even, as {@link Float#parseFloat}
 * and {@link Double#parseDouble} do.
 *
 * <p>Not thread-safe: a cursor's own.
 */
final class JsonNumber {

  /** Characters of a number; what Jackson takes by default too. */
  static final int MAX_LENGTH = 1000;

  /** What a message repeats of a long number. */
  private static final int SHOWN_LENGTH = 40;

  /** Decimal digits that fit into 64 bits, whatever they are. */
  private static final int MAX_DIGITS = 19;

  /** Decimal digits of the largest number of 64 bits. */
  private static final int MAX_WHOLE_DIGITS = 20;

  /** Powers of ten that a double holds exactly. */
  private static final double[] POWERS_OF_TEN = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22
  };

  private static final long MAX_EXACT = 1L << 53;

  /** Bits of a double's fraction that a float does not have. */
  private static final int DROPPED_BITS = 29;

  private static final int DROPPED = (1 << DROPPED_BITS) - 1;
  private static final int HALF = 1 << (DROPPED_BITS - 1);

  /** Beyond what any dtype holds, and far from overflow. */
  private static final int MAX_EXPONENT = 100_000;

  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private boolean isNegative;

  /** All digits as one number, if they fit; the value is that times ten to the exponent. */
  private long digits;

  private int exponent;
  private boolean hasAllDigits;

  /** Reads a number; where it ends, or −1 if there is none. */
  int scan(byte[] record, int begin) {
    int end = record.length;
    int at = begin;
    boolean negative = at < end && record[at] == '-';
    if (negative) {
      at++;
    }
    long value = 0;
    int first = at;
    for (int digit; at < end && (digit = record[at] - '0') >= 0 && digit <= 9; at++) {
      value = value * 10 + digit;
    }
    int count = at - first;
    if (count == 0 || (count > 1 && record[first] == '0')) {
      return -1;
    }
    int scale = 0;
    if (at < end && record[at] == '.') {
      int fraction = ++at;
      for (int digit; at < end && (digit = record[at] - '0') >= 0 && digit <= 9; at++) {
        value = value * 10 + digit;
      }
      scale = at - fraction;
      if (scale == 0) {
        return -1;
      }
      count += scale;
    }
    bytes = record;
    from = begin;
    isNegative = negative;
    digits = value;
    exponent = -scale;
    hasAllDigits = count <= MAX_DIGITS || significant(first, at) <= MAX_DIGITS;
    if (at < end && (record[at] | 0x20) == 'e') {
      at = scanExponent(at + 1);
    }
    to = at;
    return at;
  }

  private int scanExponent(int begin) {
    int at = begin;
    boolean negative = at < bytes.length && bytes[at] == '-';
    if (at < bytes.length && (negative || bytes[at] == '+')) {
      at++;
    }
    int first = at;
    int value = 0;
    for (int digit; at < bytes.length && (digit = bytes[at] - '0') >= 0 && digit <= 9; at++) {
      value = Math.min(value * 10 + digit, MAX_EXPONENT);
    }
    exponent += negative ? -value : value;
    return at == first ? -1 : at;
  }

  /** Digits behind leading zeros. */
  private int significant(int first, int end) {
    int at = first;
    while (at < end && (bytes[at] == '0' || bytes[at] == '.')) {
      at++;
    }
    int count = 0;
    for (; at < end; at++) {
      if (bytes[at] != '.') {
        count++;
      }
    }
    return count;
  }

  /** The nearest {@code float}; infinite if it is too large. */
  float floatValue() {
    if (hasAllDigits && digits >= 0 && Math.abs(exponent) < POWERS_OF_TEN.length) {
      double near = scaled();
      // At most two roundings away from the exact value, so that it is on the same side of whatever
      // two floats have between them, unless it is all but there.
      int dropped = (int) Double.doubleToRawLongBits(near) & DROPPED;
      if (Math.abs(dropped - HALF) > 2 && (near >= Float.MIN_NORMAL || digits == 0)) {
        return (float) (isNegative ? -near : near);
      }
    }
    return JavaFloatParser.parseFloat(bytes, from, to - from);
  }

  /** The nearest {@code double}; infinite if it is too large. */
  double doubleValue() {
    if (hasAllDigits
        && digits >= 0
        && digits <= MAX_EXACT
        && Math.abs(exponent) < POWERS_OF_TEN.length) {
      return isNegative ? -scaled() : scaled();
    }
    return JavaDoubleParser.parseDouble(bytes, from, to - from);
  }

  private double scaled() {
    return exponent < 0 ? digits / POWERS_OF_TEN[-exponent] : digits * POWERS_OF_TEN[exponent];
  }

  /** Whether it is a whole number from that to that one, however it is written. */
  boolean isWithin(long least, long most) {
    if (!makeWhole() || (digits < 0 && digits != Long.MIN_VALUE)) {
      return false;
    }
    return isNegative ? -digits >= least : digits >= 0 && digits <= most;
  }

  /** Whether it is a whole number of 64 bits without a sign. */
  boolean isUnsigned() {
    return makeWhole() && (!isNegative || digits == 0);
  }

  /** Makes the exponent 0, if the number stays the same and of 64 bits. */
  private boolean makeWhole() {
    if (!hasAllDigits) {
      return makeWholeOfManyDigits();
    }
    for (; exponent < 0 && digits != 0; exponent++) {
      if (Long.remainderUnsigned(digits, 10) != 0) {
        return false;
      }
      digits = Long.divideUnsigned(digits, 10);
    }
    for (; exponent > 0 && digits != 0; exponent--) {
      if (Long.compareUnsigned(digits, Long.divideUnsigned(-1L, 10)) > 0) {
        return false;
      }
      digits *= 10;
    }
    return true;
  }

  /** The same for a number of more digits than fit, such as 18446744073709551615.0. */
  private boolean makeWholeOfManyDigits() {
    BigDecimal magnitude;
    try {
      String text = new String(bytes, from, to - from, StandardCharsets.US_ASCII);
      magnitude = new BigDecimal(text).abs();
    } catch (NumberFormatException e) {
      return false; // Its exponent has more than 32 bits.
    }
    long wholeDigits = (long) magnitude.precision() - magnitude.scale();
    if (magnitude.signum() != 0 && (wholeDigits < 1 || wholeDigits > MAX_WHOLE_DIGITS)) {
      return false;
    }
    BigDecimal whole = magnitude.signum() == 0 ? BigDecimal.ZERO : magnitude.stripTrailingZeros();
    if (whole.scale() > 0 || whole.toBigIntegerExact().bitLength() > Long.SIZE) {
      return false;
    }
    digits = whole.toBigIntegerExact().longValue();
    exponent = 0;
    hasAllDigits = true;
    return true;
  }

  /** Its value after {@link #isWithin} or {@link #isUnsigned} said yes. */
  long longValue() {
    return isNegative ? -digits : digits;
  }

  /** As it was written; the beginning of a long one. */
  @Override
  public String toString() {
    boolean isLong = to - from > SHOWN_LENGTH;
    int end = isLong ? from + SHOWN_LENGTH : to;
    return new String(bytes, from, end - from, StandardCharsets.US_ASCII) + (isLong ? "…" : "");
  }
}
