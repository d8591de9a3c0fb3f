package io.penstock.model.lifecycle;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * Decides what to do next with a model's versions so that one always serves: a version is unloaded
 * only while another that is wanted serves, so a new one is loaded before an old one goes. The
 * order is that of TensorFlow Serving's {@code availability_preserving_policy.cc}: what is in
 * nobody's way goes first, which bounds memory, and then one version is loaded at a time.
 *
 * <p>A pure function from a snapshot to one action; the caller asks again after each.
 */
final class AvailabilityPreservingPolicy {

  /** Why a version is wanted, the weakest reason first. */
  enum Claim {
    NONE,
    /** The version policy selects it. */
    ASPIRED,
    /** It is active, or is being prepared to be. */
    RETAINED
  }

  /** A version as the policy sees it. */
  record Candidate(long version, VersionState state, Claim claim) {

    private boolean serves() {
      return state == VersionState.AVAILABLE;
    }

    private boolean isWanted() {
      return claim != Claim.NONE;
    }
  }

  /** What to do. */
  sealed interface Action {

    record Load(long version) implements Action {}

    record Unload(long version) implements Action {}
  }

  private AvailabilityPreservingPolicy() {}

  /** The next action; empty when there is nothing to do until something changes. */
  static Optional<Action> next(Collection<Candidate> snapshot) {
    return unload(snapshot).or(() -> load(snapshot));
  }

  private static Optional<Action> unload(Collection<Candidate> snapshot) {
    boolean wantedServes = snapshot.stream().anyMatch(c -> c.isWanted() && c.serves());
    return snapshot.stream()
        .filter(candidate -> wantedServes && candidate.serves() && !candidate.isWanted())
        .min(Comparator.comparingLong(Candidate::version))
        .map(candidate -> new Action.Unload(candidate.version()));
  }

  private static Optional<Action> load(Collection<Candidate> snapshot) {
    boolean loading = snapshot.stream().anyMatch(c -> c.state() == VersionState.LOADING);
    return snapshot.stream()
        .filter(candidate -> !loading)
        .filter(candidate -> candidate.state() == VersionState.START && candidate.isWanted())
        .max(Comparator.comparing(Candidate::claim).thenComparing(Candidate::version))
        .map(candidate -> new Action.Load(candidate.version()));
  }
}
