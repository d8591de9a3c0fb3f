package io.penstock.benchmarks.report;

import java.util.function.ToDoubleFunction;

/**
 * A claim about a suite's results: a value that is to be so much at least, or at most.
 *
 * @param claim what the value is, in words
 * @param value of the medians of one run; NaN where something it needs was not measured
 */
public record Limit(
    String claim, ToDoubleFunction<Results> value, Bound bound, double limit, String unit) {

  /** On which side of the limit the value is to be. */
  public enum Bound {
    AT_LEAST("≥"),
    AT_MOST("≤");

    private final String sign;

    Bound(String sign) {
      this.sign = sign;
    }
  }

  /** A value that is to be so much or more. */
  public static Limit atLeast(
      double limit, String unit, String claim, ToDoubleFunction<Results> value) {
    return new Limit(claim, value, Bound.AT_LEAST, limit, unit);
  }

  /** A value that is to be so much or less. */
  public static Limit atMost(
      double limit, String unit, String claim, ToDoubleFunction<Results> value) {
    return new Limit(claim, value, Bound.AT_MOST, limit, unit);
  }

  /** What the results say. */
  public Verdict judge(Results results) {
    double measured = value.applyAsDouble(results);
    boolean holds = bound == Bound.AT_LEAST ? measured >= limit : measured <= limit;
    return new Verdict(
        claim,
        Double.isNaN(measured) ? null : measured,
        bound.sign + " " + Verdict.number(limit) + unit,
        Double.isNaN(measured)
            ? Verdict.Word.NOT_MEASURED
            : holds ? Verdict.Word.HOLDS : Verdict.Word.MISSED);
  }
}
