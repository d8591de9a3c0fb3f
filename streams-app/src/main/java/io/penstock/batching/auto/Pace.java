package io.penstock.batching.auto;

import java.util.concurrent.TimeUnit;

/**
 * How often the tuner may change its mind: the longer the input has been steady the more seldom,
 * after a minute of it once a minute. Immutable.
 *
 * @param steadySinceNanos since when records come at about the same rate
 * @param rate that rate
 * @param unsteadyNanos for how long, without a break, the rate has been another
 * @param changedNanos when something was changed last
 */
record Pace(long steadySinceNanos, double rate, long unsteadyNanos, long changedNanos) {

  private static final long SLOWEST_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long FASTEST_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** The rate is another when it is so many times more or less, for so long. */
  private static final double OTHER_RATE = 1.5;

  private static final long OTHER_RATE_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A stream that has just begun. */
  static Pace of(long nowNanos) {
    return new Pace(nowNanos, 0, 0, nowNanos);
  }

  /** After another observation. */
  Pace after(Load load) {
    long now = load.seen().nowNanos();
    double seen = load.arrivalRate();
    if (seen <= rate * OTHER_RATE && seen * OTHER_RATE >= rate) {
      return new Pace(steadySinceNanos, rate, 0, changedNanos);
    }
    long unsteady = unsteadyNanos + load.stepNanos();
    return unsteady < OTHER_RATE_NANOS
        ? new Pace(steadySinceNanos, rate, unsteady, changedNanos)
        : new Pace(now, seen, 0, changedNanos);
  }

  /** Everything may be another now. */
  Pace unsteady(Load load) {
    return new Pace(load.seen().nowNanos(), load.arrivalRate(), 0, changedNanos);
  }

  Pace changed(long nowNanos) {
    return new Pace(steadySinceNanos, rate, unsteadyNanos, nowNanos);
  }

  /** Whether it has rested for as long as the input had been steady when it changed last. */
  boolean mayChange(long nowNanos) {
    long steady = changedNanos - steadySinceNanos;
    long rest = Math.min(SLOWEST_NANOS, Math.max(FASTEST_NANOS, steady));
    return nowNanos - changedNanos >= rest;
  }
}
