package io.penstock.batching;

/**
 * What one stream thread has taken and is not computed yet, held against its limits and against the
 * process's budget.
 *
 * <p>Not thread-safe: all calls on the stream thread, but for {@link #giveBack}.
 */
final class InFlight {

  private final BatchLimits limits;
  private final ByteBudget process;
  private int rows;
  private long bytes;

  InFlight(BatchLimits limits, ByteBudget process) {
    this.limits = limits;
    this.process = process;
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

  /** A batch was finished, and its bytes are free for any thread of the process. Thread-safe. */
  void giveBack(long batchBytes) {
    process.giveBack(batchBytes);
  }
}
