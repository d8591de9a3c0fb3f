package io.penstock.model.lifecycle;

import io.penstock.model.ServableVersion;
import io.penstock.model.source.AspiredVersion;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A version that is or was on its way, with the files that it is made of. Not thread-safe: belongs
 * to {@link ModelVersions}, which moves its state.
 */
final class Servable {

  private final AspiredVersion source;
  private VersionStatus status;
  private @Nullable ServableVersion loaded;
  private int failedLoads;
  private int changes;
  private int rest;
  private boolean failed;

  Servable(AspiredVersion source, VersionStatus status) {
    this.source = source;
    this.status = status;
  }

  long version() {
    return source.version();
  }

  AspiredVersion source() {
    return source;
  }

  VersionStatus status() {
    return status;
  }

  void moveTo(VersionStatus next) {
    status = next;
  }

  boolean is(VersionState state) {
    return status.state() == state;
  }

  /** What was loaded; null before and after. */
  @Nullable ServableVersion loaded() {
    return loaded;
  }

  void hold(@Nullable ServableVersion model) {
    loaded = model;
    changes = 0;
  }

  /**
   * Counts a load that failed, and rests.
   *
   * @param number of the rest, 1 or more
   * @return for how long
   */
  Duration restAfterFailure(LoadRetries retries, int number) {
    failedLoads++;
    rest(number);
    return retries.restAfter(failedLoads);
  }

  /**
   * Counts a load that was thrown away since its files had changed. What goes on like that rests.
   *
   * @param number of the rest, 1 or more
   * @return for how long; empty for the first
   */
  Optional<Duration> restIfItKeepsChanging(int number) {
    changes++;
    if (changes == 1) {
      return Optional.empty();
    }
    rest(number);
    return Optional.of(LoadRetries.longRest(changes - 1));
  }

  /** Waits with its next load, which counts as its first or next as before. */
  void rest(int number) {
    rest = number;
  }

  /** It has failed for good, as long as its files are what they are. */
  void fail() {
    failed = true;
  }

  /** Whether its next load has to wait. */
  boolean isResting() {
    return rest > 0;
  }

  /** Whether that is the rest of that number. */
  boolean isResting(int number) {
    return rest == number;
  }

  /** How many loads have failed since it was begun with, or somebody wanted it anew. */
  int failedLoads() {
    return failedLoads;
  }

  /** The number of its rest; 0 if it does not rest. */
  int rest() {
    return rest;
  }

  /** Somebody wants it: what has failed is tried again, at once and as often as at first. */
  void beginAnew() {
    failed = false;
    failedLoads = 0;
    changes = 0;
    endRest();
  }

  void endRest() {
    rest = 0;
  }

  /** The version with those files, from its start. If it keeps changing it goes on resting. */
  Servable again(AspiredVersion files, Instant now) {
    boolean goesOnResting = changes > 1 && isResting();
    Optional<String> why = goesOnResting ? status.error() : Optional.empty();
    Servable next = new Servable(files, VersionStatus.start(status.id(), now, why));
    next.changes = changes;
    next.rest = goesOnResting ? rest : 0;
    return next;
  }

  /**
   * Whether it may begin anew with those files: once it has ended without having failed, or has
   * failed with others.
   */
  boolean mayStartAgain(AspiredVersion files) {
    return is(VersionState.END) && (!failed || !source.revision().equals(files.revision()));
  }
}
