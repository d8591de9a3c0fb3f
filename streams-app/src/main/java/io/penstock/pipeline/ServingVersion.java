package io.penstock.pipeline;

import io.penstock.batching.VersionBinding;

/**
 * The version that computes a pipeline's next record. Read by stream threads once per record, so an
 * implementation is a volatile read.
 */
@FunctionalInterface
public interface ServingVersion {

  /** The version of the newest decision. Never null: a pipeline starts once a version is active. */
  VersionBinding current();

  /** The current version and, if records from before some time are left to it, the one before. */
  default Serving serving() {
    return Serving.all(current());
  }

  /**
   * For how long from then on what the fleet has decided so far counts as known; not at all if not
   * positive. To be read before {@link #serving}, which is then at least as new.
   *
   * @param nowNanos by the clock of the pipeline's threads
   */
  default long knownForNanos(long nowNanos) {
    return Long.MAX_VALUE;
  }
}
