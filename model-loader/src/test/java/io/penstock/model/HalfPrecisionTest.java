package io.penstock.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.DoubleFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** All 65,536 values of both formats, against IEEE 754's definition of what they stand for. */
class HalfPrecisionTest {

  @Test
  void shouldReadEveryFloat16AndRoundEveryNumberBetween() {
    check(10, HalfPrecision::fromFloat16, HalfPrecision::toFloat16);
    assertThat(HalfPrecision.FLOAT16_MAX).isEqualTo(65_504f);
  }

  @Test
  void shouldReadEveryBfloat16AndRoundEveryNumberBetween() {
    check(7, HalfPrecision::fromBfloat16, HalfPrecision::toBfloat16);
    assertThat(HalfPrecision.BFLOAT16_MAX).isEqualTo(HalfPrecision.fromBfloat16((short) 0x7f7f));
  }

  @Test
  void shouldRoundOnceAndNotByWayOfFloat32() {
    // Just above the middle of 1 and the next float16: as a float32 it would be the middle itself.
    double aboveMiddle = 1 + 0x1p-11 + 0x1p-40;
    assertThat(HalfPrecision.fromFloat16(HalfPrecision.toFloat16(aboveMiddle)))
        .isEqualTo(1 + 0x1p-10f);
  }

  private static void check(
      int fractionBits, Function<Short, Float> from, DoubleFunction<Short> to) {
    int infinity = 0x7fff >> fractionBits << fractionBits;
    for (int bits = 0; bits < 0x8000; bits++) {
      short negative = (short) (bits | 0x8000);
      if (bits > infinity) {
        assertThat(from.apply((short) bits)).isNaN();
        assertThat(from.apply(to.apply(from.apply(negative)))).isNaN();
        continue;
      }
      double value = value(bits, fractionBits);
      assertThat(from.apply((short) bits)).as("bits: %x", bits).isEqualTo((float) value);
      assertThat(from.apply(negative)).as("bits: %x", bits).isEqualTo((float) -value);
      assertThat(to.apply(value)).as("value: %s", value).isEqualTo((short) bits);
      assertThat(to.apply(-value)).as("value: %s", -value).isEqualTo(negative);
      if (bits < infinity) {
        checkBetween(bits, value, finite(bits + 1, fractionBits), to);
      }
    }
  }

  /** Numbers between two neighbours, of which the second may be where infinity begins. */
  private static void checkBetween(int bits, double value, double next, DoubleFunction<Short> to) {
    double middle = (value + next) / 2;
    int even = bits + (bits & 1);
    assertThat(to.apply(Math.nextDown(middle))).as("below %s", middle).isEqualTo((short) bits);
    assertThat(to.apply(middle)).as("value: %s", middle).isEqualTo((short) even);
    assertThat(to.apply(Math.nextUp(middle))).as("above %s", middle).isEqualTo((short) (bits + 1));
    assertThat(to.apply(-middle)).as("value: -%s", middle).isEqualTo((short) (even | 0x8000));
  }

  private static double value(int bits, int fractionBits) {
    boolean isInfinite = bits == 0x7fff >> fractionBits << fractionBits;
    return isInfinite ? Double.POSITIVE_INFINITY : finite(bits, fractionBits);
  }

  /** What the bits stand for by their definition, infinity's as if they were the next number. */
  private static double finite(int bits, int fractionBits) {
    int bias = (1 << (14 - fractionBits)) - 1;
    int exponent = bits >> fractionBits;
    int fraction = bits & ((1 << fractionBits) - 1);
    return exponent == 0
        ? Math.scalb((double) fraction, 1 - bias - fractionBits)
        : Math.scalb(fraction + (double) (1 << fractionBits), exponent - bias - fractionBits);
  }
}
