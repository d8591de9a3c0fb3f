package io.penstock.benchmarks.report;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Measurements for tests. */
final class Samples {

  private Samples() {}

  static Measurement of(String variant, int repetition, Metric metric, double value) {
    return of(variant, "", repetition, metric, value);
  }

  static Measurement of(String variant, String point, int repetition, Metric metric, double value) {
    return new Measurement(
        variant,
        point,
        repetition,
        Instant.EPOCH,
        "0.1 0.2 0.3",
        0.1,
        Map.of(metric, value),
        Optional.empty());
  }

  static Measurement failed(String variant, String why) {
    return new Measurement(
        variant, "", 1, Instant.EPOCH, "0.1 0.2 0.3", 0.1, Map.of(), Optional.of(why));
  }
}
