package io.penstock.control;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What the control plane needs of a process that serves models. Unless they say so, all calls come
 * from one thread, the control thread; none may block it.
 */
public interface Instance {

  /**
   * Makes a version fit to serve: loaded, checked, warmed up, its output schemas resolved.
   * Completes when it is; fails, with a message for users, when it cannot be or should not, because
   * it does not suit what it would meet. Asked again for a version that is ready or on its way, it
   * answers for that one.
   *
   * @param manifest the SHA-256 sums that its files must have, by path relative to the version's
   *     directory; empty if they may have any
   */
  CompletionStage<Void> prepare(String model, long version, Map<String, String> manifest);

  /**
   * Makes a version fit to serve that the fleet serves already: as {@link #prepare}, but what has
   * come into the world since it was promoted is no reason not to serve it.
   */
  CompletionStage<Void> resume(String model, long version, Map<String, String> manifest);

  /**
   * Takes no record of that timestamp or a later one until told otherwise, since the fleet is about
   * to decide which version serves these; {@link #prepare} fails if one was read already. Called
   * before that, and again with null once it is decided.
   *
   * @param from null: takes every record
   */
  void holdBack(String model, @Nullable Instant from);

  /**
   * Serves prepared or resumed versions from now on: called once per epoch, in the order of the
   * decisions; again when it throws; and again when the earlier version of the same epoch serves no
   * more.
   */
  void activate(String model, Activation activation);

  /** No longer needs a version kept ready: its promotion was aborted, or the fleet has moved on. */
  void abandon(String model, long version);

  /**
   * Keeps versions loaded, or unloaded, and pipelines at rest, as users have asked for. Replaces
   * what was said before.
   */
  void hold(String model, Holdings holdings);

  /**
   * Serves nothing with the model until the next {@link #activate}: the fleet has left the version
   * that serves here, and the one that it serves is not ready here yet.
   *
   * @param reason what it waits for
   */
  void suspend(String model, String reason);

  /**
   * As {@link #suspend}, and gives up its share of the records so that others serve them: the
   * version that the fleet serves cannot be made ready here for now.
   */
  void withdraw(String model, String reason);

  /**
   * What the fleet has decided may have moved on: the decisions have not been confirmed within the
   * bound. Called on another thread than the control thread.
   */
  void stale(String reason);

  /** What the fleet has decided is known again, and acted on. Called on any thread. */
  void current();

  /**
   * Until then what the fleet has decided counts as known, unless it is confirmed anew: nothing is
   * to be served by it afterwards, even if {@link #stale} comes late because the process stood
   * still. Called on any thread.
   *
   * @param nanos by {@link System#nanoTime}
   */
  void known(long nanos);

  /** Tells operators of a defect: what is decided could not be done. It is tried again. */
  void defect(String model, RuntimeException cause);

  /**
   * Tells operators what is being done about the active version, which is {@linkplain
   * ServedModel#broken broken}.
   */
  void fallback(String model, String outlook);

  /** Tells which configuration it has, for operators; empty if there is nothing to tell. */
  String configuration();

  /** The models that this instance serves, by name. */
  Map<String, ServedModel> models();
}
