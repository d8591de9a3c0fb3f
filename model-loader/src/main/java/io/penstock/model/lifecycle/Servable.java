package io.penstock.model.lifecycle;

import io.penstock.model.ServableVersion;
import io.penstock.model.source.AspiredVersion;
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
  private boolean resting;

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
  }

  /** Counts a load that failed, and rests if it is to be tried again. */
  boolean restsAfterFailure(LoadRetries retries) {
    failedLoads++;
    resting = failedLoads <= retries.count();
    return resting;
  }

  /** Whether its next load has to wait. */
  boolean isResting() {
    return resting;
  }

  void endRest() {
    resting = false;
  }

  /**
   * Whether it may begin anew with those files: once it has ended as it should, or has failed with
   * others.
   */
  boolean mayStartAgain(AspiredVersion files) {
    return is(VersionState.END)
        && (status.error().isEmpty() || !source.revision().equals(files.revision()));
  }
}
