package io.penstock.batching;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The bytes that all stream threads of a process may have in flight together, over all pipelines.
 * Thread-safe.
 *
 * <p>A stream thread with nothing in flight is always admitted, so that none waits for another for
 * good: what is used can exceed the budget by one record a thread, and by what padding adds to it.
 */
public final class ByteBudget {

  private final long maxBytes;
  private final AtomicLong used = new AtomicLong();

  /** A budget of that many bytes. */
  public ByteBudget(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("maxBytes: " + maxBytes + " (expected: 1 or more)");
    }
    this.maxBytes = maxBytes;
  }

  /** A budget that is never spent. */
  public static ByteBudget unlimited() {
    return new ByteBudget(Long.MAX_VALUE);
  }

  /** Bytes in flight now. */
  public long usedBytes() {
    return used.get();
  }

  boolean isSpent() {
    return used.get() >= maxBytes;
  }

  void take(long bytes) {
    used.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }
}
