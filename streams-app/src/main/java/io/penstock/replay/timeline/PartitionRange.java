package io.penstock.replay.timeline;

/**
 * Records of one partition that follow each other.
 *
 * @param from the first offset
 * @param until the offset behind the last; {@code from} if there are none
 */
public record PartitionRange(int partition, long from, long until) {

  public PartitionRange {
    if (from > until) {
      throw new IllegalArgumentException(
          "until: %d (expected: %d or more, where partition %d begins)"
              .formatted(until, from, partition));
    }
  }

  /** How many offsets it has; there may be fewer records. */
  public long length() {
    return until - from;
  }
}
