package io.penstock.batching.auto;

import java.util.concurrent.TimeUnit;

/**
 * How much work there is for a pipeline on this instance. Immutable.
 *
 * @param seen what was observed last
 * @param stepNanos how long that was after the one before
 * @param ageNanos how long it has been observed
 * @param arrivalRate records that come to the input, a second, over the last few seconds
 * @param takenRate records that the pipeline has taken, the same way
 * @param behindNanos for how long, without a break, more has waited than the goal allows
 * @param caughtUpNanos for how long, without a break, much less has waited
 */
record Load(
    Observation seen,
    long stepNanos,
    long ageNanos,
    double arrivalRate,
    double takenRate,
    long behindNanos,
    long caughtUpNanos) {

  private static final double RATE_WINDOW_NANOS = TimeUnit.SECONDS.toNanos(2);

  /**
   * What the stream threads see.
   *
   * @param nowNanos by a monotonic clock
   * @param taken records that were taken since the start
   * @param waiting records in the input that were not taken
   * @param inFlight records that were taken and have no outcome
   * @param isComparable whether what waits is in the same partitions as before
   */
  record Observation(long nowNanos, long taken, long waiting, long inFlight, boolean isComparable) {

    long backlog() {
      return waiting + inFlight;
    }
  }

  /** Before anything is known but the first observation. */
  static Load of(Observation first) {
    return new Load(first, 0, 0, 0, 0, 0, 0);
  }

  /**
   * After another observation.
   *
   * @param rows rows of a batch: more may be in flight, and timely
   */
  Load after(Observation now, TuningLimits limits, int rows) {
    long nanos = now.nowNanos() - seen.nowNanos();
    if (nanos <= 0) {
      return this;
    }
    long age = ageNanos + nanos;
    double weight =
        Math.max(1 - Math.exp(-nanos / RATE_WINDOW_NANOS), (double) nanos / Math.max(1, age));
    double seconds = nanos / 1e9;
    long takenNow = Math.max(0, now.taken() - seen.taken());
    double taken = takenRate + weight * (takenNow / seconds - takenRate);
    double arrived = (takenNow + now.waiting() - seen.waiting()) / seconds;
    double arrival =
        now.isComparable()
            ? Math.max(0, arrivalRate + weight * (arrived - arrivalRate))
            : arrivalRate;
    double timely = taken * limits.latencyNanos() / 1e9;
    double gathered = limits.timelyRows(rows);
    double another = (double) limits.gatherers() * rows;
    boolean behind = now.backlog() > Math.max(gathered + another, timely);
    boolean caughtUp = now.backlog() <= Math.max(gathered, timely / 2);
    return new Load(
        now,
        nanos,
        age,
        arrival,
        taken,
        behind ? behindNanos + nanos : 0,
        caughtUp ? caughtUpNanos + nanos : 0);
  }

  /** Whether the pipeline cannot keep up, or has to make up for a time when it could not. */
  boolean isBehind(long forNanos) {
    return behindNanos >= forNanos;
  }

  /** Whether nothing has waited for longer than it should for so long. */
  boolean isCaughtUp(long forNanos) {
    return caughtUpNanos >= forNanos;
  }
}
