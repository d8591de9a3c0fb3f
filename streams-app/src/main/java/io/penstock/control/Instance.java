package io.penstock.control;

import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * What the control plane needs of a process that serves models. All calls come from one thread, the
 * control thread; none may block it.
 */
public interface Instance {

  /**
   * Makes a version fit to serve: loaded, checked, warmed up, its output schemas resolved.
   * Completes when it is; fails, with a message for users, when it cannot be or should not, because
   * it does not suit what it would meet. Asked again for a version that is ready or on its way, it
   * answers for that one.
   */
  CompletionStage<Void> prepare(String model, long version);

  /**
   * Makes a version fit to serve that the fleet serves already: as {@link #prepare}, but what has
   * come into the world since it was promoted is no reason not to serve it.
   */
  CompletionStage<Void> resume(String model, long version);

  /**
   * Serves a prepared or resumed version from now on: called once per epoch, in the order of the
   * decisions.
   */
  void activate(String model, long version, long epoch);

  /** No longer needs a version kept ready: its promotion was aborted, or the fleet has moved on. */
  void abandon(String model, long version);

  /**
   * Tells operators what is being done about the active version, which is {@linkplain
   * ServedModel#broken broken}.
   */
  void fallback(String model, String outlook);

  /** The models that this instance serves, by name. */
  Map<String, ServedModel> models();
}
