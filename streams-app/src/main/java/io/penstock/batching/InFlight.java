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
  private final InFlightBudget process;
  private final Departures departures;
  private int rows;
  private long bytes;

  InFlight(BatchLimits limits, InFlightBudget process, Departures departures) {
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

  /** A row was taken. */
  void takeRow() {
    rows++;
    process.takeRow();
  }

  /** A batch grew by that many bytes. */
  void grow(long moreBytes) {
    bytes += moreBytes;
    process.grow(moreBytes);
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
  void finished(int batchRows, long batchBytes) {
    departures.finished();
    giveBack(batchRows, batchBytes);
  }

  /** What a batch took of the budget is free for any thread of the process. Thread-safe. */
  void giveBack(int batchRows, long batchBytes) {
    process.giveBack(batchRows, batchBytes);
  }
}
