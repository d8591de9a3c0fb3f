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
    if (runs >= RUNS || (runs >= FEW_RUNS && nanos >= FEW_RUNS_AFTER_NANOS)) {
      return direction == Direction.UP
          ? climbed(nowNanos, curve, limits, longestRunNanos)
          : descended(nowNanos, curve);
    }
    return nanos >= STALLED_AFTER_NANOS && runs < FEW_RUNS ? done() : this;
  }

  private Climb climbed(
      long nowNanos, RunCurve curve, TuningLimits limits, double longestRunNanos) {
    double cost = curve.nanosPerRow(rung);
    boolean pays = cost < bestNanosPerRow * (1 - GAIN);
    Climb now =
        pays
            ? new Climb(direction, rung, rung, cost, 0, startNanos, runsBefore)
            : new Climb(direction, rung, best, bestNanosPerRow, misses + 1, startNanos, runsBefore);
    boolean ends =
        now.misses == PATIENCE
            || rung + 1 == limits.sizes().size()
            || cost * limits.sizes().get(rung) > longestRunNanos;
    return ends
        ? now.tries(Direction.DOWN, now.best - 1, nowNanos, curve)
        : now.tries(Direction.UP, rung + 1, nowNanos, curve);
  }

  private Climb descended(long nowNanos, RunCurve curve) {
    boolean costsNothing = curve.nanosPerRow(rung) <= bestNanosPerRow * (1 + COST);
    if (!costsNothing) {
      return done();
    }
    Climb now = new Climb(direction, rung, rung, bestNanosPerRow, 0, startNanos, runsBefore);
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
