package io.penstock.batching.auto;

import java.util.Arrays;

/** Latencies of records, exact. Not thread-safe. */
final class Latencies {

  private long[] nanos = new long[1024];
  private int count;

  void add(long latencyNanos) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = latencyNanos;
  }

  void clear() {
    count = 0;
  }

  /** The latency that a share of the records does not exceed. */
  double millis(double share) {
    long[] sorted = Arrays.copyOf(nanos, count);
    Arrays.sort(sorted);
    return count == 0 ? 0 : sorted[(int) Math.min(count - 1, share * count)] / 1e6;
  }
}
