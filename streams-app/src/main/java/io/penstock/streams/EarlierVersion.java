package io.penstock.streams;

/**
 * A version that still computes records from before some time, beside the one that was cut over to.
 *
 * @param epoch of the decision that made it active
 * @param untilMillis the first timestamp that is not its own, in milliseconds since the epoch
 */
public record EarlierVersion(long version, long epoch, long untilMillis) {}
