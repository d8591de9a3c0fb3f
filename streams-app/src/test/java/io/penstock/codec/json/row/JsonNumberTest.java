package io.penstock.codec.json.row;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonNumberTest {

  private static final int NUMBERS = Integer.getInteger("fuzz.records", 300_000);

  private final JsonNumber number = new JsonNumber();

  @Test
  void shouldRoundAsJavaDoes() {
    long base = Long.getLong("penstock.property.seed", 1L);
    for (long seed = base; seed < base + NUMBERS; seed++) {
      String text = decimal(new Random(seed));

      scan(text);

      assertThat(Float.floatToRawIntBits(number.floatValue()))
          .as("seed: %d, float %s", seed, text)
          .isEqualTo(Float.floatToRawIntBits(Float.parseFloat(text)));
      assertThat(Double.doubleToRawLongBits(number.doubleValue()))
          .as("seed: %d, double %s", seed, text)
          .isEqualTo(Double.doubleToRawLongBits(Double.parseDouble(text)));
    }
  }

  @Test
  void shouldKnowWholeNumbersAsBigDecimalDoes() {
    long base = Long.getLong("penstock.property.seed", 1L);
    for (long seed = base; seed < base + NUMBERS; seed++) {
      String text = nearlyWhole(new Random(seed));
      BigDecimal value = new BigDecimal(text);
      boolean isWhole = value.signum() == 0 || value.stripTrailingZeros().scale() <= 0;
      BigInteger whole = isWhole ? value.toBigInteger() : null;

      scan(text);
      boolean isLong = number.isWithin(Long.MIN_VALUE, Long.MAX_VALUE);

      assertThat(isLong)
          .as("seed: %d, %s is a long", seed, text)
          .isEqualTo(whole != null && whole.bitLength() <= 63);
      if (isLong) {
        assertThat(number.longValue()).as("seed: %d", seed).isEqualTo(whole.longValue());
      }
      scan(text);
      boolean isUnsigned = number.isUnsigned();
      assertThat(isUnsigned)
          .as("seed: %d, %s is unsigned", seed, text)
          .isEqualTo(whole != null && whole.signum() >= 0 && whole.bitLength() <= 64);
      if (isUnsigned) {
        assertThat(number.longValue()).as("seed: %d", seed).isEqualTo(whole.longValue());
      }
    }
  }

  @Test
  void shouldTakeTheLargestWholeNumberHoweverItIsWritten() {
    for (String text :
        List.of("18446744073709551615.0", "18446744073709551615", "1844674407370955161500e-2")) {
      scan(text);

      assertThat(number.isUnsigned()).as(text).isTrue();
      assertThat(number.longValue()).as(text).isEqualTo(-1L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-", "+1", "01", "-01", ".5", "1.", "1.e3", "1e", "1e+", "e5", "NaN"})
  void shouldTakeNothingElseForANumber(String text) {
    assertThat(number.scan(text.getBytes(StandardCharsets.US_ASCII), 0)).isEqualTo(-1);
  }

  private void scan(String text) {
    byte[] bytes = ("[" + text + " ").getBytes(StandardCharsets.US_ASCII);
    assertThat(number.scan(bytes, 1)).as("end of %s", text).isEqualTo(bytes.length - 1);
  }

  /** Numbers as people and programs write them, and those that lie between two floats. */
  private static String decimal(Random random) {
    return switch (random.nextInt(8)) {
      case 0 -> String.valueOf(Float.intBitsToFloat(finite(random.nextInt())));
      case 1 -> String.valueOf(random.nextDouble());
      case 2 -> String.valueOf(random.nextGaussian() * Math.pow(10, random.nextInt(20) - 10));
      case 3 -> midpoint(random);
      case 4 -> random.nextInt(2000) - 1000 + "." + random.nextInt(1000);
      case 5 -> "-0." + "0".repeat(random.nextInt(30)) + Math.abs(random.nextLong() / 2);
      case 6 -> digits(random, 40) + "." + random.nextInt(10) + "e" + (random.nextInt(90) - 45);
      default -> digits(random, 20) + (random.nextBoolean() ? "E+" : "E-") + random.nextInt(400);
    };
  }

  private static int finite(int bits) {
    return Float.isFinite(Float.intBitsToFloat(bits)) ? bits : bits & 0x3fffffff;
  }

  /** The number in the middle of two floats, or all but there. */
  private static String midpoint(Random random) {
    float below = (random.nextFloat() + 1e-6f) * (1 << random.nextInt(20));
    BigDecimal middle =
        new BigDecimal(below).add(new BigDecimal(Math.nextUp(below))).divide(BigDecimal.valueOf(2));
    String text = middle.toPlainString();
    return switch (random.nextInt(3)) {
      case 0 -> text;
      case 1 -> text + (text.contains(".") ? "" : ".") + "000000000000001";
      default -> text.length() > 19 ? text.substring(0, 19) : text;
    };
  }

  private static String nearlyWhole(Random random) {
    String sign = random.nextBoolean() ? "-" : "";
    return sign
        + switch (random.nextInt(6)) {
          case 0 -> String.valueOf(random.nextInt(300));
          case 1 -> random.nextInt(100) + ".00";
          case 2 -> random.nextInt(100) + "." + random.nextInt(10) + "e" + (random.nextInt(6) - 2);
          case 3 -> Long.toUnsignedString(random.nextLong()) + zeros(random);
          case 4 ->
              BigInteger.ONE
                      .shiftLeft(62 + random.nextInt(4))
                      .add(BigInteger.valueOf(random.nextInt(3) - 1))
                      .toString()
                  + zeros(random);
          default -> "0e" + random.nextInt(500);
        };
  }

  /** What makes no other number of it, sometimes. */
  private static String zeros(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> "." + "0".repeat(1 + random.nextInt(30));
      case 1 -> "000.00e-3";
      case 2 -> random.nextBoolean() ? ".00000000001" : "0e" + random.nextInt(300);
      default -> "";
    };
  }

  private static String digits(Random random, int most) {
    StringBuilder digits = new StringBuilder().append(1 + random.nextInt(9));
    for (int i = random.nextInt(most); i > 0; i--) {
      digits.append(random.nextInt(10));
    }
    return digits.toString();
  }
}
