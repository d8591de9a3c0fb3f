package io.penstock.pipeline;

import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
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
 * @param stragglers the records whose version is neither
 */
public record Serving(
    VersionBinding latest,
    @Nullable VersionBinding earlier,
    long fromMillis,
    Stragglers stragglers) {

  public Serving {
    if ((earlier == null) != (fromMillis == Long.MIN_VALUE)) {
      throw new IllegalArgumentException(
          "from: %d (expected: a time if, and only if, there is an earlier version)"
              .formatted(fromMillis));
    }
  }

  /** One version for every record. */
  public static Serving all(VersionBinding version) {
    return new Serving(version, null, Long.MIN_VALUE, Stragglers.NONE);
  }

  /** A version for the records of a timestamp and later ones, another for those before. */
  public static Serving shared(VersionBinding latest, VersionBinding earlier, long fromMillis) {
    return new Serving(latest, earlier, fromMillis, Stragglers.NONE);
  }

  /** The same versions, where some records were another's. */
  public Serving with(Stragglers others) {
    return new Serving(latest, earlier, fromMillis, others);
  }

  /** The version for a record of that timestamp, unless it is a straggler that is refused. */
  public VersionBinding at(long timestamp) {
    return earlier != null && timestamp < fromMillis ? earlier : latest;
  }

  /** Why a record of that timestamp has no version here; null if it has one. */
  @Nullable RowFailure refusal(long timestamp) {
    return stragglers.refuse(timestamp)
        ? new RowFailure(
            DeadLetterReason.STRAGGLER,
            "the record's timestamp %d is before %d, from which on %s serves, and the version before serves no more (expected: within control.retain-for, by control.stragglers: dead-letter)"
                .formatted(timestamp, stragglers.beforeMillis(), at(timestamp).id()))
        : null;
  }

  /** Whether it is one of these. */
  public boolean includes(VersionBinding version) {
    return version == latest || version == earlier;
  }

  /** Whether each record has the same version, by the same decisions, as there. */
  boolean isSameAs(Serving other) {
    return fromMillis == other.fromMillis
        && stragglers.refusedBefore().equals(other.stragglers.refusedBefore())
        && isSame(latest, other.latest)
        && (earlier == null || other.earlier == null || isSame(earlier, other.earlier));
  }

  /** A version that was bound anew is no other one. */
  private static boolean isSame(VersionBinding one, VersionBinding other) {
    return one.id().version() == other.id().version() && one.epoch() == other.epoch();
  }
}
