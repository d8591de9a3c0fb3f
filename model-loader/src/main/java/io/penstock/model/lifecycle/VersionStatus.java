package io.penstock.model.lifecycle;

import io.penstock.model.ServableId;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;

/**
 * A version's state, since when, and what went wrong if it failed. Immutable: each transition gives
 * the status after it, and refuses to leave the diagram of {@link VersionState}.
 *
 * @param error why it failed, or was given up while its load had yet to succeed, at END; why its
 *     last load did, at START; empty while nothing has, and for a version that has served
 */
public record VersionStatus(
    ServableId id, VersionState state, Instant since, Optional<String> error) {

  public VersionStatus {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(since, "since");
    if (error.isPresent() && state != VersionState.END && state != VersionState.START) {
      throw new IllegalArgumentException(
          "error: " + error.get() + " (expected: only at START and END)");
    }
  }

  /** A version that is about to be loaded. */
  static VersionStatus start(ServableId id, Instant now) {
    return start(id, now, Optional.empty());
  }

  /** One that has yet to wait, for that reason. */
  static VersionStatus start(ServableId id, Instant now, Optional<String> reason) {
    return new VersionStatus(id, VersionState.START, now, reason);
  }

  VersionStatus loading(Instant now) {
    return to(VersionState.LOADING, now, Optional.empty());
  }

  VersionStatus available(Instant now) {
    return to(VersionState.AVAILABLE, now, Optional.empty());
  }

  VersionStatus unloading(Instant now) {
    return to(VersionState.UNLOADING, now, Optional.empty());
  }

  /** Nobody wants it any more. Why its last load failed, if it did, still holds. */
  VersionStatus ended(Instant now) {
    return to(VersionState.END, now, error);
  }

  /** Its load has failed and will be tried again. */
  VersionStatus retrying(Instant now, String reason) {
    return to(VersionState.START, now, Optional.of(reason));
  }

  VersionStatus failed(Instant now, String reason) {
    return to(VersionState.END, now, Optional.of(reason));
  }

  private VersionStatus to(VersionState next, Instant now, Optional<String> reason) {
    if (!state.next().contains(next)) {
      throw new IllegalStateException(
          id + ": " + next + " after " + state + " (expected: " + state.next() + ")");
    }
    return new VersionStatus(id, next, now, reason);
  }
}
