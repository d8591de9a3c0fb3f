package io.penstock.benchmarks.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a limit came to.
 *
 * @param value null where it was not measured
 */
public record Verdict(String claim, @Nullable Double value, String expected, Word word) {

  /** Whether the limit holds. */
  public enum Word {
    HOLDS,
    MISSED,
    NOT_MEASURED
  }

  String valueText() {
    return value == null ? "–" : number(value);
  }

  /** A number with about three digits that count. */
  static String number(double value) {
    double size = Math.abs(value);
    String format = size >= 100 ? "%,.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
