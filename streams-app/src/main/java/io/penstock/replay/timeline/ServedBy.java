package io.penstock.replay.timeline;

import io.penstock.control.Activation;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * The versions that compute records: one of them, or two that share them by their timestamps.
 *
 * @param version computes what the earlier one does not
 * @param earlier computes records from before that time; empty if there is none
 * @param fromMillis the first timestamp of the version, in milliseconds since the epoch; {@link
 *     Long#MIN_VALUE} if it has them all
 * @param refusedBeforeMillis records from before that time are stragglers that nothing computes:
 *     they become dead letters; {@link Long#MIN_VALUE} if there are none
 */
public record ServedBy(
    long version, OptionalLong earlier, long fromMillis, long refusedBeforeMillis) {

  public ServedBy {
    if (earlier.isEmpty() != (fromMillis == Long.MIN_VALUE)) {
      throw new IllegalArgumentException(
          "fromMillis: %d (expected: a time if, and only if, there is an earlier version)"
              .formatted(fromMillis));
    }
  }

  /** One version for every record. */
  public static ServedBy all(long version) {
    return new ServedBy(version, OptionalLong.empty(), Long.MIN_VALUE, Long.MIN_VALUE);
  }

  /** A version from a timestamp on, another one before. */
  public static ServedBy from(long fromMillis, long version, long earlier) {
    return new ServedBy(version, OptionalLong.of(earlier), fromMillis, Long.MIN_VALUE);
  }

  /** The same, but for records from before that time: nothing computes these. */
  public ServedBy refusingBefore(long millis) {
    return new ServedBy(version, earlier, fromMillis, millis);
  }

  /** What a decision wants of records of any age: a straggler is as good as any. */
  public static ServedBy of(Activation activation) {
    Activation.Earlier before = activation.earlier();
    return before == null
        ? all(activation.version())
        : from(before.until().toEpochMilli(), activation.version(), before.version());
  }

  /** One or two. */
  public Set<Long> versions() {
    Set<Long> versions = new TreeSet<>();
    versions.add(version);
    earlier.ifPresent(versions::add);
    return versions;
  }
}
