package io.penstock.inference.schedule;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * How long runs of a version take: by their size, as moving averages, one for each power of two of
 * rows; and the longest of late, whatever its size. Not thread-safe.
 */
final class RunTimes {

  /** What the newest run counts for. */
  private static final double WEIGHT = 0.2;

  private static final double UNKNOWN = -1;

  /** No run is overdue sooner: the machine may have been busy. */
  static final long OVERDUE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** One that takes this many times as long as the longest is. */
  static final int OVERDUE_FACTOR = 8;

  /** What is left of the longest after each run: half of it after some 700. */
  private static final double MEMORY = 0.999;

  private final double[] nanosBySize = new double[Integer.SIZE + 1];
  private double longestNanos = UNKNOWN;

  RunTimes() {
    Arrays.fill(nanosBySize, UNKNOWN);
  }

  /** A run of that many rows took that long. */
  void ran(int rows, long nanos) {
    int size = size(rows);
    double before = nanosBySize[size];
    nanosBySize[size] = before < 0 ? nanos : before + WEIGHT * (nanos - before);
    longestNanos = Math.max((double) nanos, longestNanos * MEMORY);
  }

  /** Whether any run has ended. */
  boolean areKnown() {
    return longestNanos >= 0;
  }

  /**
   * Whether a run that the model has had for so long may well hang. Before the first has ended, any
   * may.
   */
  boolean isOverdue(long nanos) {
    return longestNanos < 0 || (nanos > OVERDUE_NANOS && nanos > OVERDUE_FACTOR * longestNanos);
  }

  /** How long a run of that many rows, or of the size nearest to it, is expected to take. */
  double expected(int rows, double fallback) {
    int size = size(rows);
    for (int distance = 0; distance < nanosBySize.length; distance++) {
      if (size + distance < nanosBySize.length && nanosBySize[size + distance] >= 0) {
        return nanosBySize[size + distance];
      }
      if (size - distance >= 0 && nanosBySize[size - distance] >= 0) {
        return nanosBySize[size - distance];
      }
    }
    return fallback;
  }

  private static int size(int rows) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(rows);
  }
}
