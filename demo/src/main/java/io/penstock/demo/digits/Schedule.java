package io.penstock.demo.digits;

/**
 * A steady rate: the instant at which each record is due. What is late is not skipped, so the rate
 * holds over any stretch of time, and lateness counts as latency.
 *
 * @param startNanos when the first is due, on the clock of whoever asks
 */
record Schedule(long startNanos, int perSecond) {

  private static final long SECOND = 1_000_000_000L;

  /** When record number {@code index} (from 0) is due. */
  long dueNanos(long index) {
    return startNanos + index / perSecond * SECOND + index % perSecond * SECOND / perSecond;
  }
}
