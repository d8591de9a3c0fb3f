package io.penstock.batching;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What all stream threads of a process may have in flight together, over all pipelines, in rows and
 * in bytes. Thread-safe.
 *
 * <p>A stream thread with nothing in flight is always admitted, so that none waits for another for
 * good: what is used can exceed the budget by one record a thread, and by what padding adds to it.
 */
public final class InFlightBudget {

  private final long maxRows;
  private final long maxBytes;
  private final AtomicLong rows = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();

  /** A budget of so many rows and bytes. */
  public InFlightBudget(long maxRows, long maxBytes) {
    require("maxRows", maxRows);
    require("maxBytes", maxBytes);
    this.maxRows = maxRows;
    this.maxBytes = maxBytes;
  }

  /** A budget that is never spent. */
  public static InFlightBudget unlimited() {
    return new InFlightBudget(Long.MAX_VALUE, Long.MAX_VALUE);
  }

  /** Rows in flight now. */
  public long usedRows() {
    return rows.get();
  }

  /** Bytes in flight now. */
  public long usedBytes() {
    return bytes.get();
  }

  boolean isSpent() {
    return rows.get() >= maxRows || bytes.get() >= maxBytes;
  }

  void takeRow() {
    rows.incrementAndGet();
  }

  void grow(long moreBytes) {
    bytes.addAndGet(moreBytes);
  }

  void giveBack(int batchRows, long batchBytes) {
    rows.addAndGet(-batchRows);
    bytes.addAndGet(-batchBytes);
  }

  private static void require(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: 1 or more)");
    }
  }
}
