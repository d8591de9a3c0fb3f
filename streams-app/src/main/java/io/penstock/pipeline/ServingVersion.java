package io.penstock.pipeline;

import io.penstock.batching.VersionBinding;

/**
 * The version that computes a pipeline's next record. Read by stream threads once per record, so an
 * implementation is a volatile read.
 */
@FunctionalInterface
public interface ServingVersion {

  /** The version to use now. Never null: a pipeline starts once a version is active. */
  VersionBinding current();
}
