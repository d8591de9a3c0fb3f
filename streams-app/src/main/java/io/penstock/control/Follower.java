package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One model on this instance, following its decisions. Not thread-safe: all calls and all
 * completions on the control thread.
 *
 * <p>Two attempts can be under way. The <em>preparation</em> of a decision's target is made once
 * and its outcome reported: the fleet decides what comes of it. <em>Catching up</em> with the
 * active version, after a start or when the fleet went on without this instance, is tried until it
 * succeeds, because nobody will decide about it again; for the same reason it is resumed and not
 * prepared.
 */
final class Follower {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 5;

  private final String model;
  private final Instance instance;
  private final Executor controlThread;
  private final LongSupplier nanoClock;
  private final Runnable onProgress;

  private @Nullable ModelDecision decision;
  private @Nullable Activation active;
  private @Nullable Attempt preparation;
  private @Nullable Attempt catchUp;

  /**
   * Follows one model.
   *
   * @param onProgress called when there is something new to report
   */
  Follower(
      String model,
      Instance instance,
      Executor controlThread,
      LongSupplier nanoClock,
      Runnable onProgress) {
    this.model = model;
    this.instance = instance;
    this.controlThread = controlThread;
    this.nanoClock = nanoClock;
    this.onProgress = onProgress;
  }

  /** Acts on the newest decision. Decisions in between may have been missed; each says it all. */
  void follow(ModelDecision next) {
    if (next.equals(decision)) {
      return;
    }
    decision = next;
    Optional<Activation> wanted =
        Promotion.activeEpoch(next).map(epoch -> new Activation(next.getActive(), epoch));
    boolean preparing = next.getPhase() == Phase.PREPARE;
    Attempt prepared = preparation;
    if (prepared != null && !(preparing && prepared.isFor(next.getTarget(), next.getEpoch()))) {
      preparation = null;
      abandonUnlessNeeded(prepared, next);
    }
    Attempt late = catchUp;
    if (late != null && !wanted.equals(Optional.of(late.goal))) {
      catchUp = null;
      abandonUnlessNeeded(late, next);
    }
    if (wanted.isPresent() && !wanted.get().equals(active)) {
      reach(wanted.get(), prepared);
    }
    if (preparing && preparation == null) {
      preparation = new Attempt(new Activation(next.getTarget(), next.getEpoch()), 0);
      start(preparation, instance::prepare);
    }
  }

  /** What serves here is needed even if the fleet has left it: this instance may be behind. */
  private void abandonUnlessNeeded(Attempt attempt, ModelDecision next) {
    Long version = attempt.goal.version();
    boolean needed =
        version.equals(next.getActive())
            || (next.getPhase() == Phase.PREPARE && version.equals(next.getTarget()))
            || active().filter(version::equals).isPresent();
    if (!needed) {
      instance.abandon(model, version);
    }
  }

  private void reach(Activation wanted, @Nullable Attempt prepared) {
    if (prepared != null
        && prepared.readiness == Readiness.READY
        && prepared.goal.version() == wanted.version()) {
      activate(wanted);
    } else if (catchUp == null) {
      catchUp = new Attempt(wanted, 0);
      start(catchUp, instance::resume);
    }
  }

  private void activate(Activation wanted) {
    instance.activate(model, wanted.version(), wanted.epoch());
    active = wanted;
    onProgress.run();
  }

  private void start(Attempt attempt, Way way) {
    CompletionStage<Void> outcome;
    try {
      outcome = way.toReadiness(model, attempt.goal.version());
    } catch (RuntimeException e) {
      outcome = CompletableFuture.failedFuture(e);
    }
    outcome.whenComplete(
        (nothing, failure) -> controlThread.execute(() -> finish(attempt, failure)));
  }

  private void finish(Attempt attempt, @Nullable Throwable failure) {
    if (attempt != preparation && attempt != catchUp) {
      return;
    }
    if (failure == null) {
      attempt.readiness = Readiness.READY;
    } else {
      attempt.readiness = Readiness.FAILED;
      attempt.reason = message(failure);
      attempt.retryAtNanos = nanoClock.getAsLong() + backOff(attempt.failures).toNanos();
    }
    if (attempt == catchUp && failure == null) {
      catchUp = null;
      activate(attempt.goal);
    } else {
      onProgress.run();
    }
  }

  /** Tries again to catch up, if that failed and its back-off is over. */
  void retry() {
    Attempt failed = catchUp;
    if (failed != null
        && failed.readiness == Readiness.FAILED
        && nanoClock.getAsLong() - failed.retryAtNanos >= 0) {
      catchUp = new Attempt(failed.goal, failed.failures + 1);
      start(catchUp, instance::resume);
    }
  }

  private static Duration backOff(int failures) {
    return FIRST_RETRY.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS));
  }

  private static String message(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    return cause.getMessage() == null ? cause.toString() : cause.getMessage();
  }

  /** The newest decision followed. */
  Optional<ModelDecision> decision() {
    return Optional.ofNullable(decision);
  }

  /** The version that serves here. */
  Optional<Long> active() {
    return Optional.ofNullable(active).map(Activation::version);
  }

  /** What to report: the preparation; without one, how catching up goes. */
  Optional<Preparation> preparation() {
    return Optional.ofNullable(preparation != null ? preparation : catchUp)
        .map(
            attempt ->
                new Preparation(
                    attempt.goal.epoch(),
                    attempt.goal.version(),
                    attempt.readiness,
                    attempt.reason));
  }

  /** How a version is made ready: {@link Instance#prepare} or {@link Instance#resume}. */
  @FunctionalInterface
  private interface Way {
    CompletionStage<Void> toReadiness(String model, long version);
  }

  /** A version, and the epoch that wants it active. */
  private record Activation(long version, long epoch) {}

  /** A version being prepared. Its identity tells it from a later attempt at the same. */
  private static final class Attempt {
    private final Activation goal;
    private final int failures;
    private Readiness readiness = Readiness.PREPARING;
    private @Nullable String reason;
    private long retryAtNanos;

    Attempt(Activation goal, int failures) {
      this.goal = goal;
      this.failures = failures;
    }

    boolean isFor(long version, long epoch) {
      return goal.version() == version && goal.epoch() == epoch;
    }
  }
}
