package io.penstock.batching.auto;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What a tuner has to keep to.
 *
 * @param latencyNanos the goal: from record in to prediction out, for 99 of 100 records
 * @param sizes the rows that batches may aim at, ascending
 * @param gatherers stream threads that gather batches side by side
 * @param runners inference threads that run them side by side
 */
public record TuningLimits(long latencyNanos, List<Integer> sizes, int gatherers, int runners) {

  public TuningLimits {
    sizes = List.copyOf(sizes);
    require(latencyNanos >= 1, "latencyNanos", latencyNanos);
    require(gatherers >= 1, "gatherers", gatherers);
    require(runners >= 1, "runners", runners);
    require(!sizes.isEmpty() && sizes.get(0) >= 1, "sizes", sizes);
    for (int i = 1; i < sizes.size(); i++) {
      require(sizes.get(i) > sizes.get(i - 1), "sizes", sizes);
    }
  }

  /** Limits for batches of any size up to that: sizes double. */
  public static TuningLimits upTo(int maxRows, Duration latency, int gatherers, int runners) {
    require(maxRows >= 1, "maxRows", maxRows);
    List<Integer> sizes = new ArrayList<>();
    for (long size = 1; size < maxRows; size *= 2) {
      sizes.add((int) size);
    }
    sizes.add(maxRows);
    return new TuningLimits(latency.toNanos(), sizes, gatherers, runners);
  }

  /**
   * How many rows of batches of that size a stream thread may have in flight: enough for every
   * inference thread to run one, few enough that a change of size shows soon.
   */
  int inFlightRows(int rows) {
    int batches = 3 + (runners + gatherers - 1) / gatherers;
    return (int) Math.min(Integer.MAX_VALUE, (long) batches * rows);
  }

  /** The most that can be in flight while nothing waits: a batch fills here, another runs there. */
  double timelyRows(int rows) {
    return (double) (gatherers + runners) * rows;
  }

  /** The place of the size that is nearest, by ratio. */
  int nearest(int rows) {
    int nearest = 0;
    for (int i = 1; i < sizes.size(); i++) {
      if ((long) rows * rows >= (long) sizes.get(i - 1) * sizes.get(i)) {
        nearest = i;
      }
    }
    return nearest;
  }

  private static void require(boolean holds, String name, Object value) {
    if (!holds) {
      throw new IllegalArgumentException(
          name + ": " + value + " (expected: 1 or more, sizes ascending)");
    }
  }
}
