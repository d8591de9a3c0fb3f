package io.penstock.batching.plan;

/**
 * What batches are to be like.
 *
 * @param rows rows at which a batch is sealed, 1 or more
 * @param lingerNanos how long the first row of a batch waits at most
 * @param inFlightRows rows of one stream thread not yet computed at which it waits, if not for
 *     other limits before
 * @param reason why, in words for an operator
 */
public record BatchTarget(int rows, long lingerNanos, int inFlightRows, String reason) {

  public BatchTarget {
    if (rows < 1) {
      throw new IllegalArgumentException("rows: " + rows + " (expected: 1 or more)");
    }
    if (inFlightRows < rows) {
      throw new IllegalArgumentException(
          "inFlightRows: " + inFlightRows + " (expected: at least rows: " + rows + ")");
    }
    if (lingerNanos < 0) {
      throw new IllegalArgumentException("lingerNanos: " + lingerNanos + " (expected: 0 or more)");
    }
  }

  /** Whether batches are the same, for whatever reason. */
  public boolean isLike(BatchTarget other) {
    return rows == other.rows && lingerNanos == other.lingerNanos;
  }
}
