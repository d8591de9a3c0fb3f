package io.penstock.batching.auto;

import java.util.concurrent.TimeUnit;

/**
 * The search for the rows at which a row is cheapest, while full batches come one after the other:
 * up as long as it pays, then down as long as it costs nothing. Immutable.
 *
 * <pre>
 *   UP ── two sizes in a row gain nothing, or the largest is reached ──▶ DOWN ──▶ DONE
 * </pre>
 *
 * <p>One size that gains nothing is passed over: libraries change kernels on the way, and times are
 * noisy. On the way down the smaller size is measured anew, which also forgives that the first
 * sizes were run by a cold virtual machine.
 *
 * @param rung the size that is tried
 * @param best the size that is best so far
 * @param bestNanosPerRow what a row costs there
 * @param misses sizes passed over since
 * @param startNanos since when the size is tried
 * @param runsBefore runs of that size there had been by then
 */
record Climb(
    Direction direction,
    int rung,
    int best,
    double bestNanosPerRow,
    int misses,
    long startNanos,
    long runsBefore) {

  enum Direction {
    UP,
    DOWN,
    DONE
  }

  /** More rows have to gain so much, and fewer may cost so much: what is gained is not given up. */
  private static final double GAIN = 0.05;

  private static final double COST = 0.03;

  private static final int PATIENCE = 2;

  /** A size is known after that many runs, or fewer of a slow model. */
  private static final int RUNS = RunSamples.WINDOW;

  private static final int FEW_RUNS = 9;

  private static final long FEW_RUNS_AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** On the way up a gain as large as that is believed after still fewer. */
  private static final double CLEAR_GAIN = 0.25;

  private static final int CLEAR_RUNS = 4;

  /** When batches do not come in that size after that time, something else limits them. */
  private static final long STALLED_AFTER_NANOS = TimeUnit.SECONDS.toNanos(10);

  /** A climb that starts with that size. */
  static Climb from(int rung, long nowNanos, RunCurve curve) {
    return new Climb(
        Direction.UP, rung, rung, Double.POSITIVE_INFINITY, 0, nowNanos, curve.runs(rung));
  }

  boolean isDone() {
    return direction == Direction.DONE;
  }

  /**
   * One step on, once enough is known of the size that is tried.
   *
   * @param longestRunNanos runs must not take longer
   */
  Climb next(long nowNanos, RunCurve curve, TuningLimits limits, double longestRunNanos) {
    long runs = curve.runs(rung) - runsBefore;
    long nanos = nowNanos - startNanos;
    boolean known = runs >= RUNS || (runs >= FEW_RUNS && nanos >= FEW_RUNS_AFTER_NANOS);
    if (direction == Direction.DOWN) {
      return known ? descended(nowNanos, curve, longestRunNanos) : orDone(nanos, runs);
    }
    boolean clear = runs >= CLEAR_RUNS && gain(curve) >= CLEAR_GAIN;
    return known || clear ? climbed(nowNanos, curve, limits, longestRunNanos) : orDone(nanos, runs);
  }

  private Climb orDone(long nanos, long runs) {
    return nanos >= STALLED_AFTER_NANOS && runs < CLEAR_RUNS ? done() : this;
  }

  private double gain(RunCurve curve) {
    return 1 - curve.nanosPerRow(rung) / bestNanosPerRow;
  }

  private Climb climbed(
      long nowNanos, RunCurve curve, TuningLimits limits, double longestRunNanos) {
    boolean pays = gain(curve) > GAIN;
    int nowBest = pays ? rung : best;
    double nowCost = pays ? curve.nanosPerRow(rung) : bestNanosPerRow;
    int nowMisses = pays ? 0 : misses + 1;
    Climb now = new Climb(direction, rung, nowBest, nowCost, nowMisses, startNanos, runsBefore);
    boolean ends =
        nowMisses == PATIENCE
            || rung + 1 == limits.sizes().size()
            || curve.runNanos(rung) > longestRunNanos;
    return ends
        ? now.tries(Direction.DOWN, nowBest - 1, nowNanos, curve)
        : now.tries(Direction.UP, rung + 1, nowNanos, curve);
  }

  private Climb descended(long nowNanos, RunCurve curve, double longestRunNanos) {
    double cost = curve.nanosPerRow(rung);
    boolean tooLong = curve.runNanos(best) > longestRunNanos;
    if (!tooLong && cost > bestNanosPerRow * (1 + COST)) {
      return done();
    }
    double reference = tooLong ? cost : Math.min(cost, bestNanosPerRow);
    Climb now = new Climb(direction, rung, rung, reference, 0, startNanos, runsBefore);
    return now.tries(Direction.DOWN, rung - 1, nowNanos, curve);
  }

  private Climb tries(Direction next, int nextRung, long nowNanos, RunCurve curve) {
    return nextRung < 0
        ? done()
        : new Climb(next, nextRung, best, bestNanosPerRow, misses, nowNanos, curve.runs(nextRung));
  }

  /** Ends with the best so far. */
  Climb done() {
    return new Climb(Direction.DONE, best, best, bestNanosPerRow, misses, startNanos, runsBefore);
  }
}
