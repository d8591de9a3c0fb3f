package io.penstock.benchmarks.report;

import java.util.List;
import java.util.Objects;

/** All measurements of a suite's run. */
public record Results(List<Measurement> measurements) {

  public Results {
    measurements = List.copyOf(measurements);
  }

  /** The samples of a metric, over all repetitions. */
  public Statistics statistics(String variant, String point, Metric metric) {
    return Statistics.of(
        measurements.stream()
            .filter(m -> m.variant().equals(variant) && m.point().equals(point))
            .map(m -> m.metrics().get(metric))
            .filter(Objects::nonNull)
            .mapToDouble(Double::doubleValue)
            .toArray());
  }

  /** The median of a metric; NaN where it was not measured. */
  public double median(String variant, Metric metric) {
    return median(variant, "", metric);
  }

  /** The median of a metric at a point of a sweep; NaN where it was not measured. */
  public double median(String variant, String point, Metric metric) {
    return statistics(variant, point, metric).median();
  }

  /**
   * The most by which one metric exceeds another, in any repetition of any variant; NaN where none
   * has both.
   */
  public double mostMissing(Metric expected, Metric seen) {
    return measurements.stream()
        .filter(m -> m.metrics().containsKey(expected) && m.metrics().containsKey(seen))
        .mapToDouble(m -> m.metrics().get(expected) - m.metrics().get(seen))
        .max()
        .orElse(Double.NaN);
  }

  /** The variants, in the order in which they were measured. */
  public List<String> variants() {
    return measurements.stream().map(Measurement::variant).distinct().toList();
  }

  /** The points of a variant, in the order in which they were measured. */
  public List<String> points(String variant) {
    return measurements.stream()
        .filter(m -> m.variant().equals(variant) && m.failure().isEmpty())
        .map(Measurement::point)
        .distinct()
        .toList();
  }

  /** The most cores that the machine was busy with before a measurement. */
  public double busyCores() {
    return measurements.stream().mapToDouble(Measurement::busyCores).max().orElse(0);
  }

  /** What failed. */
  public List<Measurement> failures() {
    return measurements.stream().filter(m -> m.failure().isPresent()).toList();
  }
}
