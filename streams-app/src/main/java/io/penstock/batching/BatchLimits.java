package io.penstock.batching;

import java.time.Duration;

/**
 * How large a batch may grow, how long it may wait, and how much may be under way on one stream
 * thread.
 *
 * @param maxRows rows at which a batch is sealed
 * @param linger how long the first row of a batch waits at most; a bound, not a tax
 * @param maxInFlightRows rows of one stream thread not yet computed, and rows of one task not yet
 *     forwarded, at which the thread waits
 * @param maxInFlightBytes the same in bytes of record values
 */
public record BatchLimits(
    int maxRows, Duration linger, int maxInFlightRows, long maxInFlightBytes) {

  public BatchLimits {
    require(maxRows >= 1, "maxRows", maxRows, "1 or more");
    require(!linger.isNegative(), "linger", linger, "0 or more");
    require(maxInFlightRows >= maxRows, "maxInFlightRows", maxInFlightRows, "maxRows or more");
    require(maxInFlightBytes >= 1, "maxInFlightBytes", maxInFlightBytes, "1 or more");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
