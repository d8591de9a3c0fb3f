package io.penstock.pipeline;

import java.util.OptionalLong;

/**
 * Records that come after their time is over: their timestamps ask for a version that serves no
 * more, since another one is effective from a later timestamp and the time for which the one before
 * was kept is over. Immutable.
 *
 * @param beforeMillis the first timestamp that is none of theirs, in milliseconds since the epoch;
 *     {@link Long#MIN_VALUE} where no record is one
 * @param refused whether they become dead letters; else the version that is effective next computes
 *     them
 */
public record Stragglers(long beforeMillis, boolean refused) {

  /** Every record has its version. */
  public static final Stragglers NONE = new Stragglers(Long.MIN_VALUE, false);

  /** Whether a record of that timestamp is one. */
  boolean include(long timestamp) {
    return timestamp < beforeMillis;
  }

  /** Whether a record of that timestamp is one that becomes a dead letter. */
  boolean refuse(long timestamp) {
    return refused && include(timestamp);
  }

  /** The first timestamp that is not refused; empty if all are taken. */
  OptionalLong refusedBefore() {
    return refused && beforeMillis != Long.MIN_VALUE
        ? OptionalLong.of(beforeMillis)
        : OptionalLong.empty();
  }
}
