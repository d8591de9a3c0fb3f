package io.penstock.benchmarks.report;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * One variant, measured once at one point.
 *
 * @param repetition from 1
 * @param load the machine's load averages before it started
 * @param busyCores how many cores the machine was busy with just before it started
 * @param failure why there are no metrics
 */
public record Measurement(
    String variant,
    String point,
    int repetition,
    Instant at,
    String load,
    double busyCores,
    Map<Metric, Double> metrics,
    Optional<String> failure) {

  /** What is told apart in tables: the variant, and its point where it has several. */
  public String row() {
    return row(variant, point);
  }

  static String row(String variant, String point) {
    return point.isEmpty() ? variant : variant + " @ " + point;
  }
}
