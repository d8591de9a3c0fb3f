package io.penstock.benchmarks.report;

import java.util.Arrays;

/** The middle and the edges of a few samples; NaN of none. */
public record Statistics(double median, double min, double max, int count) {

  static final Statistics NONE = new Statistics(Double.NaN, Double.NaN, Double.NaN, 0);

  /** Of these samples; the median of an even number is the mean of the two in the middle. */
  public static Statistics of(double... samples) {
    if (samples.length == 0) {
      return NONE;
    }
    double[] sorted = samples.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    double median = (sorted[last / 2] + sorted[(last + 1) / 2]) / 2;
    return new Statistics(median, sorted[0], sorted[last], sorted.length);
  }
}
