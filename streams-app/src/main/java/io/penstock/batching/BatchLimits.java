package io.penstock.batching;

import io.penstock.batching.plan.BatchPlan;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How large a batch may grow, how long it may wait, and how much may be under way on one stream
 * thread.
 *
 * @param maxRows rows that no batch exceeds
 * @param maxBytes bytes of input columns that no batch exceeds, unless one row does
 * @param plan what batches aim at within these limits
 * @param maxAge how long ago a record's timestamp may be for a row to be taken at all; null for any
 *     time
 * @param maxInFlightRows rows of one stream thread not yet forwarded at which the thread waits
 * @param maxInFlightBytes the same in bytes: of record values, and, until they are computed, of
 *     input columns where these are more
 */
public record BatchLimits(
    int maxRows,
    int maxBytes,
    BatchPlan plan,
    @Nullable Duration maxAge,
    int maxInFlightRows,
    long maxInFlightBytes) {

  public BatchLimits {
    require(maxRows >= 1, "maxRows", maxRows, "1 or more");
    require(maxBytes >= 1, "maxBytes", maxBytes, "1 or more");

    require(maxAge == null || !maxAge.isNegative(), "maxAge", maxAge, "0 or more");
    require(maxInFlightRows >= maxRows, "maxInFlightRows", maxInFlightRows, "maxRows or more");
    require(maxInFlightBytes >= 1, "maxInFlightBytes", maxInFlightBytes, "1 or more");
  }

  /**
   * Limits of batches that are sealed at {@code maxRows} and no sooner.
   *
   * @param linger how long the first row of a batch waits at most; a bound, not a tax
   */
  public BatchLimits(
      int maxRows,
      int maxBytes,
      Duration linger,
      @Nullable Duration maxAge,
      int maxInFlightRows,
      long maxInFlightBytes) {
    this(
        maxRows,
        maxBytes,
        BatchPlan.fixed(maxRows, linger),
        maxAge,
        maxInFlightRows,
        maxInFlightBytes);
  }

  /** Limits of a batch's rows alone: its bytes have those that are in flight. */
  public BatchLimits(int maxRows, Duration linger, int maxInFlightRows, long maxInFlightBytes) {
    this(
        maxRows,
        (int) Math.min(maxInFlightBytes, Integer.MAX_VALUE),
        linger,
        null,
        maxInFlightRows,
        maxInFlightBytes);
  }

  /** Rows at which a batch is sealed now. */
  int targetRows() {
    return Math.min(maxRows, plan.target().rows());
  }

  /** How long the first row of a batch waits now, at most. */
  long lingerNanos() {
    return plan.target().lingerNanos();
  }

  /** Rows of one stream thread not yet computed at which it waits now. */
  int inFlightRows() {
    return Math.min(maxInFlightRows, plan.target().inFlightRows());
  }

  /** The same, with batches of at most so many rows. */
  BatchLimits withRowsUpTo(int rows) {
    return rows >= maxRows
        ? this
        : new BatchLimits(rows, maxBytes, plan, maxAge, maxInFlightRows, maxInFlightBytes);
  }

  private static void require(boolean holds, String name, @Nullable Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
