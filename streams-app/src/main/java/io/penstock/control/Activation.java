package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.TimelineEntry;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a decision wants to serve: a version, by the epoch that made it active, and beside it the
 * one before if that still serves earlier records. Immutable.
 *
 * @param earlier null: the version serves all records
 * @param stragglersBefore records from before that instant were a version's that has retired; null:
 *     there are none
 */
public record Activation(
    long version, long epoch, @Nullable Earlier earlier, @Nullable Instant stragglersBefore) {

  /**
   * The version of records from before an instant.
   *
   * @param epoch the one that made it active, when it was
   * @param until the first timestamp that is not its own
   */
  public record Earlier(long version, long epoch, Instant until) {}

  /** A version for all records. */
  static Activation of(long version, long epoch) {
    return new Activation(version, epoch, null, null);
  }

  /** What a decision wants; empty while no version has been active. */
  public static Optional<Activation> of(ModelDecision decision) {
    Long active = decision.getActive();
    List<TimelineEntry> timeline = decision.getTimeline();
    if (active == null || timeline.isEmpty()) {
      return Optional.empty();
    }
    int newest = timeline.size() - 1;
    Instant from = decision.getActiveFrom();
    Earlier earlier =
        from == null
            ? null
            : new Earlier(decision.getPrevious(), timeline.get(newest - 1).getEpoch(), from);
    // What the first of those that serve is effective from: the rest was for the one before it.
    Instant stragglersBefore =
        timeline.get(earlier == null ? newest : newest - 1).getEffectiveFrom();
    return Optional.of(
        new Activation(active, timeline.get(newest).getEpoch(), earlier, stragglersBefore));
  }

  /** The version, and the one of earlier records. */
  public List<Long> versions() {
    return earlier == null ? List.of(version) : List.of(version, earlier.version());
  }

  /** Whether that version serves some records. */
  boolean serves(long number) {
    return versions().contains(number);
  }

  /** Whether it goes on with what serves before it. */
  boolean keeps(Earlier before) {
    return before.equals(earlier) || (version == before.version() && epoch == before.epoch());
  }

  /** Whether both are of the same version and epoch, whoever serves earlier records. */
  boolean isOfSameDecision(Activation other) {
    return version == other.version && epoch == other.epoch;
  }
}
