package io.penstock.inference.schedule;

import java.util.Arrays;

/**
 * How long runs take by their size: moving averages, one for each power of two of rows. Not
 * thread-safe.
 */
final class RunTimes {

  /** What the newest run counts for. */
  private static final double WEIGHT = 0.2;

  private static final double UNKNOWN = -1;

  private final double[] nanosBySize = new double[Integer.SIZE + 1];

  RunTimes() {
    Arrays.fill(nanosBySize, UNKNOWN);
  }

  /** A run of that many rows took that long. */
  void ran(int rows, long nanos) {
    int size = size(rows);
    double before = nanosBySize[size];
    nanosBySize[size] = before < 0 ? nanos : before + WEIGHT * (nanos - before);
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
