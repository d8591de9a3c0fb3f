package io.penstock.model.lifecycle;

/** Hears of what becomes of a model's versions. */
@FunctionalInterface
public interface VersionListener {

  /**
   * A version has changed its state. Called for every transition, in order, on the model's own
   * thread: AVAILABLE after the version can be leased, UNLOADING before it no longer can. Must not
   * block.
   */
  void onTransition(VersionStatus status);
}
