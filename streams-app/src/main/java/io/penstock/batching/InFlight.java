package io.penstock.batching;

import io.penstock.batching.departure.Departures;

/**
 * What one stream thread has taken and is not computed yet, held against its limits and against the
 * process's budget.
 *
 * <p>Not thread-safe: all calls on the stream thread, but for {@link #finished} and {@link
 * #giveBack}.
 */
final class InFlight {

  private final BatchLimits limits;
  private final ByteBudget process;
  private final Departures departures;
  private int rows;
  private long bytes;

  InFlight(BatchLimits limits, ByteBudget process, Departures departures) {
    this.limits = limits;
    this.process = process;
    this.departures = departures;
  }

  /** Whether the next record has to wait. */
  boolean isFull() {
    return rows >= limits.inFlightRows()
        || bytes >= limits.maxInFlightBytes()
        || (rows > 0 && process.isSpent());
  }

  /** A row was taken, which made its batch grow by that many bytes. */
  void take(long moreBytes) {
    rows++;
    bytes += moreBytes;
    process.take(moreBytes);
  }

  /** A batch was sealed. */
  void sealed() {
    departures.sealed();
  }

  /** A batch was found finished. */
  void forget(int batchRows, long batchBytes) {
    rows -= batchRows;
    bytes -= batchBytes;
  }

  /** Everything is given up, whether finished or not. */
  void forgetAll() {
    rows = 0;
    bytes = 0;
  }

  /** A sealed batch was finished. Thread-safe. */
  void finished(long batchBytes) {
    departures.finished();
    giveBack(batchBytes);
  }

  /** A batch's bytes are free for any thread of the process. Thread-safe. */
  void giveBack(long batchBytes) {
    process.giveBack(batchBytes);
  }
}
