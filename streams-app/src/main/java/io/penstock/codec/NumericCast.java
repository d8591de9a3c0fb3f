package io.penstock.codec;

import io.penstock.model.DType;
import io.penstock.model.HalfPrecision;
import io.penstock.model.NumericColumn;
import io.penstock.model.TensorSpec;

/**
 * How numbers become elements of a dtype: held against its range, in every format alike. A
 * <em>widening</em> cast takes what the dtype holds exactly; a <em>narrowing</em> one rounds to the
 * nearest, ties to even, what lies in its range. (The words are Apache Beam's, of its {@code
 * Cast}.) Thread-safe.
 */
public final class NumericCast {

  /** From the next number on, float16 rounds to infinity. */
  private static final long MOST_AS_FLOAT16 = 65_519;

  private final TensorSpec input;
  private final DType dtype;
  private final boolean narrows;
  private final long least;
  private final long most;

  private NumericCast(TensorSpec input, boolean narrows) {
    this.input = input;
    this.dtype = input.dtype();
    this.narrows = narrows;
    boolean isUnsigned = dtype.isUnsigned() || dtype == DType.BOOL;
    int bits = dtype.isFloat() ? Long.SIZE : dtype.widthBytes() * Byte.SIZE;
    // The upper half of uint64 is out of reach of a number with a sign.
    int magnitude = dtype == DType.BOOL ? 1 : Math.min(isUnsigned ? bits : bits - 1, 63);
    boolean isFloat16 = dtype == DType.FLOAT16;
    this.most = isFloat16 ? MOST_AS_FLOAT16 : Long.MAX_VALUE >> (63 - magnitude);
    this.least = isUnsigned ? 0 : isFloat16 ? -most : -most - 1;
  }

  /** The cast that an input takes numbers by. */
  public static NumericCast of(InputBinding binding) {
    return new NumericCast(binding.input(), binding.narrows());
  }

  /** A cast for numbers that have no dtype of their own, such as decimals: the nearest is meant. */
  public static NumericCast ofDecimals(TensorSpec input) {
    return new NumericCast(input, true);
  }

  /** The least whole number that is in range. */
  public long least() {
    return least;
  }

  /** The largest whole number that is in range. */
  public long most() {
    return most;
  }

  /**
   * Whether floats may be cast at all, whatever their values are.
   *
   * @param significandBits of what they are cast from: 24 for 32 bits, 53 for 64
   */
  public boolean takesFloats(int significandBits) {
    return dtype.isFloat() && (narrows || significandBits <= significandBits());
  }

  /**
   * Whether decimals may be cast at all, whatever their values are: a float has to tell all of them
   * apart ({@code FLT_DIG} and {@code DBL_DIG} of C's {@code float.h}), an integer judges each.
   *
   * @param digits how many they have at most
   */
  public boolean takesDecimals(int digits) {
    return !dtype.isFloat() || narrows || digits <= decimalDigits();
  }

  /** Puts a whole number at an offset; false if it does not fit, and then nothing is put. */
  public boolean put(long value, NumericColumn to, int at) {
    if (value < least || value > most || (dtype.isFloat() && !narrows && isRounded(value))) {
      return false;
    }
    switch (dtype) {
      case FLOAT32 -> to.putFloat(at, (float) value);
      case FLOAT64 -> to.putDouble(at, (double) value);
      case FLOAT16 -> to.putShort(at, HalfPrecision.toFloat16((double) value));
      case BFLOAT16 -> to.putShort(at, HalfPrecision.toBfloat16((double) value));
      case INT64, UINT64 -> to.putLong(at, value);
      case INT32, UINT32 -> to.putInt(at, (int) value);
      case INT16, UINT16 -> to.putShort(at, (short) value);
      default -> to.bytes()[at] = (byte) value;
    }
    return true;
  }

  /**
   * Puts a float at an offset, rounded where the dtype is narrower; false if it is finite and the
   * dtype would make it infinite, and then nothing is put. Whether it may be rounded is for {@link
   * #takesFloats} to say, beforehand.
   */
  public boolean put(double value, NumericColumn to, int at) {
    switch (dtype) {
      case FLOAT64 -> to.putDouble(at, value);
      case FLOAT32 -> {
        float rounded = (float) value;
        if (Float.isInfinite(rounded) && !Double.isInfinite(value)) {
          return false;
        }
        to.putFloat(at, rounded);
      }
      case FLOAT16 -> {
        short bits = HalfPrecision.toFloat16(value);
        if (Float.isInfinite(HalfPrecision.fromFloat16(bits)) && !Double.isInfinite(value)) {
          return false;
        }
        to.putShort(at, bits);
      }
      case BFLOAT16 -> {
        short bits = HalfPrecision.toBfloat16(value);
        if (Float.isInfinite(HalfPrecision.fromBfloat16(bits)) && !Double.isInfinite(value)) {
          return false;
        }
        to.putShort(at, bits);
      }
      default -> throw new IllegalStateException(dtype + " takes no floats");
    }
    return true;
  }

  /** What would have fit in place of a whole number that did not, in words. */
  public String expected(long value) {
    return value < least || value > most
        ? least + " to " + most
        : "a whole number that %s holds exactly; %s rounds it".formatted(dtype, permission());
  }

  /** What would have fit in place of a float that did not, in words. */
  public String expectedFloat() {
    String max =
        switch (dtype) {
          case FLOAT16 -> String.valueOf(HalfPrecision.FLOAT16_MAX);
          case BFLOAT16 -> String.valueOf(HalfPrecision.BFLOAT16_MAX);
          case FLOAT32 -> String.valueOf(Float.MAX_VALUE);
          default -> String.valueOf(Double.MAX_VALUE);
        };
    return "-" + max + " to " + max;
  }

  /** What somebody writes who wants numbers to be rounded. */
  public String permission() {
    return "input.casts." + input.name() + ": narrowing";
  }

  private boolean isRounded(long value) {
    int used =
        Long.SIZE - Long.numberOfLeadingZeros(Math.abs(value)) - Long.numberOfTrailingZeros(value);
    return used > significandBits();
  }

  private int significandBits() {
    return switch (dtype) {
      case FLOAT64 -> 53;
      case FLOAT32 -> 24;
      case FLOAT16 -> 11;
      case BFLOAT16 -> 8;
      default -> 0;
    };
  }

  private int decimalDigits() {
    return switch (dtype) {
      case FLOAT64 -> 15;
      case FLOAT32 -> 6;
      case FLOAT16 -> 3;
      default -> 2;
    };
  }
}
