package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Reading;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What the machine can do, as the first measurement of a variant says: its rate, by which others
 * are driven. Not thread-safe.
 */
final class Capacity {

  private final String measuring;
  private OptionalDouble perSecond = OptionalDouble.empty();

  /**
   * A capacity that is not known yet.
   *
   * @param measuring the name of the variant that measures it
   */
  Capacity(String measuring) {
    this.measuring = measuring;
  }

  /** That variant, whose rate it is. */
  Variant measuredBy(Variant flood) {
    return new Variant(
        flood.name(),
        flood.settings(),
        trial -> {
          List<Reading> readings = flood.measure().measure(trial);
          if (perSecond.isEmpty()) {
            perSecond =
                readings.stream()
                    .map(reading -> reading.metrics().get(Metric.RATE))
                    .filter(Objects::nonNull)
                    .mapToDouble(rate -> rate)
                    .findFirst();
          }
          return readings;
        });
  }

  /** A part of it, in records a second. */
  int share(double share) {
    return (int)
        (share
            * perSecond.orElseThrow(
                () -> new IllegalStateException(measuring + " has measured no capacity")));
  }
}
