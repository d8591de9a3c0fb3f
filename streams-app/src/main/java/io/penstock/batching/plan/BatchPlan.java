package io.penstock.batching.plan;

import java.time.Duration;

/**
 * What a pipeline's batches are to be like: as somebody has fixed it, or as it turns out.
 * Thread-safe.
 *
 * <p>Stream threads read the {@link #target} and say what waits; inference threads say what runs
 * took. A fixed plan does not listen.
 */
public interface BatchPlan {

  /**
   * What batches are to be like from now on. Asked for every record: a few volatile reads, and
   * nothing is made unless it has changed.
   */
  BatchTarget target();

  /** Whether it changes with what it is told. */
  boolean isTuned();

  /**
   * A run has ended. On an inference thread, once for each run, however many batches it joined.
   *
   * @param epoch of the decision that its version serves by
   * @param rows rows that were run, padding included
   * @param nanos for how long the run had the inference thread
   */
  void ran(long epoch, int rows, long nanos);

  /** What a run took while a version was warmed up: better than nothing, until one has ended. */
  default void expects(int rows, Duration run) {}

  /**
   * What waits in the input partitions of a stream thread.
   *
   * @param thread identifies it
   * @param partitions identifies what is assigned to it: another assignment is no arrival of
   *     records
   * @param records records that the thread has not fetched
   */
  void waits(Object thread, Object partitions, long records);

  /** A stream thread could not commit in time, since batches were not computed. */
  default void late() {}

  /** A stream thread has no partitions any more. */
  void left(Object thread);

  /**
   * Decides anew, if it is time to. To be called often.
   *
   * @param nowNanos by a monotonic clock
   * @param taken records that the pipeline's stream threads have taken since the start
   * @param inFlight those of them that have no outcome yet
   */
  void step(long nowNanos, long taken, long inFlight);

  /** Always the same. */
  static BatchPlan fixed(int rows, Duration linger) {
    return new FixedPlan(
        new BatchTarget(rows, linger.toNanos(), Integer.MAX_VALUE, "as configured"));
  }
}
