package io.penstock.streams;

import org.jspecify.annotations.Nullable;

/**
 * What a decision wants a pipeline to serve. Immutable.
 *
 * @param version computes what the earlier one does not
 * @param epoch of the decision that made it active
 * @param earlier what still computes records from before some time; null: nothing
 * @param stragglersBeforeMillis records from before that time were a version's that serves no more,
 *     in milliseconds since the epoch; {@link Long#MIN_VALUE} where there are none
 */
public record ActiveVersions(
    long version, long epoch, @Nullable EarlierVersion earlier, long stragglersBeforeMillis) {

  /** One version for every record. */
  public static ActiveVersions all(long version, long epoch) {
    return new ActiveVersions(version, epoch, null, Long.MIN_VALUE);
  }
}
