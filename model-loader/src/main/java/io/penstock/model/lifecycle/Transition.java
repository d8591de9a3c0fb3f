package io.penstock.model.lifecycle;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * How a model gets from the versions that are loaded to those that are wanted, by TensorFlow
 * Serving's names ({@code AspiredVersionPolicy}). A pure function from a snapshot to one action;
 * the caller asks again after each.
 */
public enum Transition {
  /**
   * One always serves: a new version is loaded before the last old one goes. A version is unloaded
   * while another that is wanted serves, or, to make room for one that is wanted and has yet to
   * load, while another that nobody wants serves ({@code availability_preserving_policy.cc}, which
   * also unloads everything when nothing is wanted).
   */
  AVAILABILITY_PRESERVING {
    @Override
    Optional<Action> next(Collection<Candidate> snapshot) {
      boolean wantedServes =
          snapshot.stream().anyMatch(c -> c.isWanted() && c.is(VersionState.AVAILABLE));
      boolean wantedComes =
          snapshot.stream().anyMatch(c -> c.isWanted() && c.is(VersionState.START));
      long unwantedServing =
          snapshot.stream().filter(c -> !c.isWanted() && c.is(VersionState.AVAILABLE)).count();
      boolean mayUnload = wantedServes || (wantedComes && unwantedServing > 1);
      Optional<Action> unload = mayUnload ? unload(snapshot) : Optional.empty();
      return unload.or(() -> load(snapshot));
    }
  },

  /**
   * Memory comes first: what is not wanted is unloaded at once, whether or not another serves, and
   * nothing is loaded before all of it is closed ({@code resource_preserving_policy.cc}). What is
   * retained, such as the version that the fleet has decided on, is wanted.
   */
  RESOURCE_PRESERVING {
    @Override
    Optional<Action> next(Collection<Candidate> snapshot) {
      Optional<Action> unload = unload(snapshot);
      if (unload.isPresent()) {
        return unload;
      }
      boolean leaving =
          snapshot.stream()
              .anyMatch(
                  c ->
                      c.is(VersionState.UNLOADING)
                          || (c.is(VersionState.LOADING) && !c.isWanted()));
      return leaving ? Optional.empty() : load(snapshot);
    }
  };

  /** The next action; empty when there is nothing to do until something changes. */
  abstract Optional<Action> next(Collection<Candidate> snapshot);

  /** The lowest version that serves and that nobody wants: what is in nobody's way goes first. */
  private static Optional<Action> unload(Collection<Candidate> snapshot) {
    return snapshot.stream()
        .filter(candidate -> candidate.is(VersionState.AVAILABLE) && !candidate.isWanted())
        .min(Comparator.comparingLong(Candidate::version))
        .map(candidate -> new Action.Unload(candidate.version()));
  }

  /** One version at a time, which bounds memory: the strongest claim first, then the newest. */
  private static Optional<Action> load(Collection<Candidate> snapshot) {
    boolean loading = snapshot.stream().anyMatch(c -> c.is(VersionState.LOADING));
    return snapshot.stream()
        .filter(candidate -> !loading)
        .filter(candidate -> candidate.is(VersionState.START) && candidate.isWanted())
        .max(Comparator.comparing(Candidate::claim).thenComparing(Candidate::version))
        .map(candidate -> new Action.Load(candidate.version()));
  }
}
