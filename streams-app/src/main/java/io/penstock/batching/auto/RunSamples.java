package io.penstock.batching.auto;

import java.util.Arrays;

/**
 * How long the latest runs of a model version took, by size: for each size of the {@link
 * TuningLimits} the latest {@value #WINDOW} runs that were nearest to it.
 *
 * <p>Not thread-safe.
 */
final class RunSamples {

  /** So few that a changed model shows soon, so many that their median withstands outliers. */
  static final int WINDOW = 101;

  private final TuningLimits limits;
  private final int[][] rows;
  private final long[][] nanos;
  private final long[] runs;
  private long epoch = Long.MIN_VALUE;

  RunSamples(TuningLimits limits) {
    this.limits = limits;
    this.rows = new int[limits.sizes().size()][WINDOW];
    this.nanos = new long[limits.sizes().size()][WINDOW];
    this.runs = new long[limits.sizes().size()];
  }

  /**
   * A run has ended. With a later epoch another version serves, and what is known of the one before
   * is forgotten; stragglers of an earlier one do not count.
   *
   * @param ranRows rows that were run, padding included
   */
  void ran(long runEpoch, int ranRows, long tookNanos) {
    if (ranRows < 1 || tookNanos < 1 || runEpoch < epoch) {
      return;
    }
    if (runEpoch > epoch) {
      epoch = runEpoch;
      Arrays.fill(runs, 0);
    }
    int rung = limits.nearest(ranRows);
    int slot = (int) (runs[rung]++ % WINDOW);
    rows[rung][slot] = ranRows;
    nanos[rung][slot] = tookNanos;
  }

  /** What is known now. */
  RunCurve curve() {
    RunCurve.Point[] points = new RunCurve.Point[runs.length];
    for (int rung = 0; rung < runs.length; rung++) {
      points[rung] = point(rung);
    }
    return new RunCurve(epoch, Arrays.asList(points));
  }

  private RunCurve.Point point(int rung) {
    int known = (int) Math.min(runs[rung], WINDOW);
    if (known == 0) {
      return new RunCurve.Point(0, 0, 0);
    }
    int[] knownRows = Arrays.copyOf(rows[rung], known);
    long[] knownNanos = Arrays.copyOf(nanos[rung], known);
    Arrays.sort(knownRows);
    Arrays.sort(knownNanos);
    return new RunCurve.Point(runs[rung], knownRows[known / 2], knownNanos[known / 2]);
  }
}
