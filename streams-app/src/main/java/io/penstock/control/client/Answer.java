package io.penstock.control.client;

import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Done;
import io.penstock.schemas.Rejected;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the audit says about one command.
 *
 * @param version what it is about; null: a label that was deleted, or a command that was rejected
 * @param from the version active before, of a promotion; null: none
 * @param reason why it was rejected or given up
 */
public record Answer(
    Kind kind, @Nullable Long version, @Nullable Long from, @Nullable String reason) {

  /** How it stands. */
  public enum Kind {
    /** A promotion has begun. Another answer follows. */
    PREPARE(false, true),
    ACTIVATED(true, true),
    ABORTED(true, false),
    REJECTED(true, false),
    DONE(true, true);

    private final boolean last;
    private final boolean good;

    Kind(boolean last, boolean good) {
      this.last = last;
      this.good = good;
    }

    /** Whether nothing more will be said about the command. */
    public boolean isLast() {
      return last;
    }

    /** Whether it is what the user has asked for, so far. */
    public boolean isGood() {
      return good;
    }
  }

  /** What an event says about the command at that offset, if anything. */
  public static Optional<Answer> of(AuditEvent event, long command) {
    Rejected rejected = event.getRejected();
    if (rejected != null && rejected.getOffset() == command) {
      return Optional.of(new Answer(Kind.REJECTED, null, null, rejected.getReason()));
    }
    Done done = event.getDone();
    if (done != null && done.getOffset() == command) {
      return Optional.of(new Answer(Kind.DONE, done.getVersion(), null, null));
    }
    Decided decided = event.getDecided();
    if (decided == null || decided.getEpoch() != command) {
      return Optional.empty();
    }
    Optional<Kind> kind =
        switch (decided.getOutcome()) {
          case PREPARE -> Optional.of(Kind.PREPARE);
          case ACTIVATED -> Optional.of(Kind.ACTIVATED);
          case ABORTED -> Optional.of(Kind.ABORTED);
          case RETIRED, UNKNOWN -> Optional.empty();
        };
    return kind.map(
        known -> new Answer(known, decided.getVersion(), decided.getFrom(), decided.getReason()));
  }
}
