package io.penstock.pipeline;

import io.penstock.batching.VersionBinding;
import org.jspecify.annotations.Nullable;

/**
 * The versions that compute a pipeline's records by one decision: one of them, or two that share
 * the records by their timestamps. Immutable; its latest version, compared by identity, stands for
 * the decision.
 *
 * @param latest computes what the earlier one does not
 * @param earlier computes records from before that time; null if there is none
 * @param fromMillis the first timestamp of the latest version, in milliseconds since the epoch;
 *     {@link Long#MIN_VALUE} if it has them all
 */
public record Serving(VersionBinding latest, @Nullable VersionBinding earlier, long fromMillis) {

  public Serving {
    if ((earlier == null) != (fromMillis == Long.MIN_VALUE)) {
      throw new IllegalArgumentException(
          "from: %d (expected: a time if, and only if, there is an earlier version)"
              .formatted(fromMillis));
    }
  }

  /** One version for every record. */
  public static Serving all(VersionBinding version) {
    return new Serving(version, null, Long.MIN_VALUE);
  }

  /** The version for a record of that timestamp. */
  public VersionBinding at(long timestamp) {
    return earlier != null && timestamp < fromMillis ? earlier : latest;
  }

  /** Whether it is one of these. */
  public boolean includes(VersionBinding version) {
    return version == latest || version == earlier;
  }

  /** Whether each record has the same version, by the same decisions, as there. */
  boolean isSameAs(Serving other) {
    return fromMillis == other.fromMillis
        && isSame(latest, other.latest)
        && (earlier == null || other.earlier == null || isSame(earlier, other.earlier));
  }

  /** A version that was bound anew is no other one. */
  private static boolean isSame(VersionBinding one, VersionBinding other) {
    return one.id().version() == other.id().version() && one.epoch() == other.epoch();
  }
}
