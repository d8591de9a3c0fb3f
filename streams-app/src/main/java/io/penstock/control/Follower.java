package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Preparation;
import io.penstock.schemas.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
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
 * prepared. Until then this instance serves nothing, rather than what the fleet has left.
 *
 * <p>What a defect keeps from being carried out is carried out again, and not counted as done
 * meanwhile; an activation that fails is caught up with. A decision that takes a higher protocol
 * level than this instance's is not acted on: it serves nothing, and leaves the records to others,
 * until one comes that it understands.
 */
final class Follower {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 5;

  private final String model;
  private final int protocolLevel;
  private final Instance instance;
  private final Executor controlThread;
  private final LongSupplier nanoClock;
  private final Runnable onProgress;

  private @Nullable ModelDecision decision;
  private Holdings held = Holdings.NONE;
  private @Nullable Activation active;

  /** What was active, and is what the pipelines rest on; null while something is active. */
  private @Nullable Activation left;

  private @Nullable Instant heldFrom;
  private boolean atRest;
  private @Nullable Attempt preparation;
  private @Nullable Attempt catchUp;
  private @Nullable Defect defect;

  /**
   * Follows one model.
   *
   * @param protocolLevel the highest that is understood
   * @param onProgress called when there is something new to report
   */
  Follower(
      String model,
      int protocolLevel,
      Instance instance,
      Executor controlThread,
      LongSupplier nanoClock,
      Runnable onProgress) {
    this.model = model;
    this.protocolLevel = protocolLevel;
    this.instance = instance;
    this.controlThread = controlThread;
    this.nanoClock = nanoClock;
    this.onProgress = onProgress;
  }

  /** Acts on the newest decision. Decisions in between may have been missed; each says it all. */
  void follow(ModelDecision next) {
    if (!next.equals(decision)) {
      decision = next;
      defect = null;
      guarded(() -> carryOut(next));
    }
  }

  /** Follows no more: what is under way comes to nothing. */
  void leave() {
    preparation = null;
    catchUp = null;
  }

  /** Whether everything is done that the newest decision asks for now. */
  boolean isUpToDate() {
    return defect == null;
  }

  /** Steps that are done are not done again when the rest is begun anew. */
  private void carryOut(ModelDecision next) {
    if (Promotion.isBeyond(next, protocolLevel)) {
      keepOff(next);
      return;
    }
    hold(Holdings.of(next));
    Optional<Activation> wanted = Activation.of(next);
    boolean preparing = next.getPhase() == Phase.PREPARE;
    Instant from = preparing ? next.getEffectiveFrom() : null;
    holdBackMore(from);
    Attempt prepared = preparation;
    if (prepared != null && !(preparing && prepared.isFor(next.getTarget(), next.getEpoch()))) {
      abandonUnlessNeeded(prepared, next);
      preparation = null;
    }
    Attempt late = catchUp;
    if (late != null && !wanted.equals(Optional.of(late.goal))) {
      abandonUnlessNeeded(late, next);
      catchUp = null;
    }
    if (wanted.isPresent() && (!wanted.get().equals(active) || isLeftAtRest())) {
      reach(new Attempt(wanted.get(), manifests(next), 0), prepared);
    }
    holdBack(from);
    if (preparing && preparation == null) {
      Activation target = Activation.of(next.getTarget(), next.getEpoch());
      preparation = new Attempt(target, new Manifests(next.getManifest(), Map.of()), 0);
      start(preparation, instance::prepare);
    }
  }

  /** What serves here may be what the fleet has left, and how it goes on cannot be told. */
  private void keepOff(ModelDecision beyond) {
    String why =
        "what is decided about model %s takes protocol level %d (this instance: %d); upgrade it"
            .formatted(model, beyond.getProtocolLevel(), protocolLevel);
    if (active != null) {
      instance.withdraw(model, why);
      left = active;
      active = null;
    }
    giveUp(preparation);
    giveUp(catchUp);
    catchUp = null;
    Attempt none =
        new Attempt(
            Activation.of(subject(beyond), beyond.getEpoch()),
            new Manifests(Map.of(), Map.of()),
            0);
    none.readiness = Readiness.FAILED;
    none.reason = why;
    preparation = none;
    onProgress.run();
  }

  /** Whatever it was for, it cannot be told whether that is still wanted. */
  private void giveUp(@Nullable Attempt attempt) {
    if (attempt != null) {
      attempt.goal.versions().stream()
          .filter(version -> !servesHere(version))
          .forEach(version -> instance.abandon(model, version));
    }
  }

  /** The version that a decision is about. */
  private static long subject(ModelDecision decision) {
    return Optional.ofNullable(decision.getTarget())
        .or(() -> Optional.ofNullable(decision.getActive()))
        .orElse(Hearing.NONE);
  }

  /** Serves nothing until the next activation. */
  private void rest(String why) {
    if (active != null && !atRest) {
      instance.suspend(model, why);
      atRest = true;
    }
  }

  /** Whether nothing serves, and nothing is under way that would end that. */
  private boolean isLeftAtRest() {
    return atRest && catchUp == null;
  }

  /** Lets nothing go that waits for a decision, which the same step may have brought. */
  private void holdBackMore(@Nullable Instant from) {
    Instant held = heldFrom;
    if (from != null && (held == null || from.isBefore(held))) {
      holdBack(from);
    }
  }

  /** Moved or lifted only once what is decided is carried out, or the pipelines rest. */
  private void holdBack(@Nullable Instant from) {
    if (!Objects.equals(from, heldFrom)) {
      instance.holdBack(model, from);
      heldFrom = from;
    }
  }

  private static Manifests manifests(ModelDecision decision) {
    return new Manifests(decision.getActiveManifest(), decision.getPreviousManifest());
  }

  private void hold(Holdings next) {
    if (!next.equals(held)) {
      instance.hold(model, next);
      held = next;
    }
  }

  /** What serves here is needed even if the fleet has left it: this instance may be behind. */
  private void abandonUnlessNeeded(Attempt attempt, ModelDecision next) {
    attempt.goal.versions().forEach(version -> abandonUnlessNeeded(version, next));
  }

  private void abandonUnlessNeeded(long version, ModelDecision next) {
    boolean needed =
        Activation.of(next).filter(wanted -> wanted.serves(version)).isPresent()
            || (next.getPhase() == Phase.PREPARE && next.getTarget() == version)
            || servesHere(version);
    if (!needed) {
      instance.abandon(model, version);
    }
  }

  private boolean servesHere(long version) {
    return (active != null && active.serves(version)) || (left != null && left.serves(version));
  }

  private void reach(Attempt attempt, @Nullable Attempt prepared) {
    Activation wanted = attempt.goal;
    if (catchUp == null && isReady(attempt, prepared) && isEarlierReady(wanted)) {
      activate(attempt);
      return;
    }
    rest(behind(wanted, "it is being made ready"));
    if (catchUp == null) {
      catchUp = attempt;
      start(attempt, instance::resume);
    }
  }

  private boolean isReady(Attempt attempt, @Nullable Attempt prepared) {
    Activation wanted = attempt.goal;
    return (prepared != null
            && prepared.readiness == Readiness.READY
            && prepared.goal.version() == wanted.version()
            && prepared.manifests.latest().equals(attempt.manifests.latest()))
        || (active != null && active.isOfSameDecision(wanted));
  }

  private boolean isEarlierReady(Activation wanted) {
    Activation.Earlier earlier = wanted.earlier();
    return earlier == null || (active != null && active.keeps(earlier));
  }

  private String behind(Activation wanted, String how) {
    return "the fleet serves %s/%d (epoch %d), not ready on this instance: %s"
        .formatted(model, wanted.version(), wanted.epoch(), how);
  }

  private void activate(Attempt attempt) {
    try {
      instance.activate(model, attempt.goal);
    } catch (RuntimeException e) {
      instance.defect(model, e);
      catchUp = attempt;
      failed(attempt, "it could not be activated: " + message(e));
      onProgress.run();
      return;
    }
    Activation before = active;
    ModelDecision newest = decision;
    catchUp = null;
    active = attempt.goal;
    left = null;
    atRest = false;
    Activation.Earlier left = before == null ? null : before.earlier();
    if (left != null && newest != null) {
      abandonUnlessNeeded(left.version(), newest);
    }
    onProgress.run();
  }

  private void start(Attempt attempt, Way way) {
    CompletionStage<Void> outcome;
    try {
      outcome = way.toReadiness(model, attempt.goal.version(), attempt.manifests.latest());
      Activation.Earlier earlier = attempt.goal.earlier();
      if (earlier != null) {
        outcome =
            instance
                .resume(model, earlier.version(), attempt.manifests.earlier())
                .thenCombine(outcome, (one, other) -> null);
      }
    } catch (RuntimeException e) {
      outcome = CompletableFuture.failedFuture(e);
    }
    outcome.whenComplete(
        (nothing, failure) -> controlThread.execute(() -> guarded(() -> finish(attempt, failure))));
  }

  private void finish(Attempt attempt, @Nullable Throwable failure) {
    if (attempt != preparation && attempt != catchUp) {
      return;
    }
    if (failure != null) {
      failed(attempt, message(failure));
      onProgress.run();
    } else if (attempt == catchUp) {
      activate(attempt);
    } else {
      attempt.readiness = Readiness.READY;
      onProgress.run();
    }
  }

  private void failed(Attempt attempt, String reason) {
    attempt.readiness = Readiness.FAILED;
    attempt.reason = reason;
    attempt.retryAtNanos = later(attempt.failures);
    if (attempt == catchUp && (active != null || left != null)) {
      instance.withdraw(model, behind(attempt.goal, reason));
      atRest = true;
    }
  }

  /** Tries again what has failed and nobody else will see to, once its back-off is over. */
  void retry() {
    ModelDecision newest = decision;
    Defect undone = defect;
    if (undone != null && newest != null && isOver(undone.retryAtNanos())) {
      guarded(
          () -> {
            carryOut(newest);
            defect = null;
          });
    }
    Attempt failed = catchUp;
    if (failed != null && failed.readiness == Readiness.FAILED && isOver(failed.retryAtNanos)) {
      catchUp = new Attempt(failed.goal, failed.manifests, failed.failures + 1);
      start(catchUp, instance::resume);
    }
  }

  private void guarded(Runnable steps) {
    try {
      steps.run();
    } catch (RuntimeException e) {
      int failures = defect == null ? 0 : defect.failures() + 1;
      defect =
          new Defect("what is decided could not be done: " + message(e), failures, later(failures));
      instance.defect(model, e);
      onProgress.run();
    }
  }

  private boolean isOver(long atNanos) {
    return nanoClock.getAsLong() - atNanos >= 0;
  }

  private long later(int failures) {
    return nanoClock.getAsLong()
        + FIRST_RETRY.multipliedBy(1L << Math.min(failures, MAX_DOUBLINGS)).toNanos();
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

  /** What to report: what could not be done; the preparation; how catching up goes. */
  Optional<Preparation> preparation() {
    ModelDecision newest = decision;
    if (defect != null && newest != null) {
      return Optional.of(
          new Preparation(newest.getEpoch(), subject(newest), Readiness.FAILED, defect.reason()));
    }
    return Optional.ofNullable(preparation != null ? preparation : catchUp)
        .map(
            attempt ->
                new Preparation(
                    attempt.goal.epoch(),
                    attempt.goal.version(),
                    attempt.readiness,
                    attempt.reason));
  }

  /** How a version is made ready: prepared or resumed. */
  @FunctionalInterface
  private interface Way {
    CompletionStage<Void> toReadiness(String model, long version, Map<String, String> manifest);
  }

  /** The sums that files must have, of what is to serve and of what serves earlier records. */
  private record Manifests(Map<String, String> latest, Map<String, String> earlier) {

    Manifests {
      latest = Map.copyOf(latest);
      earlier = Map.copyOf(earlier);
    }
  }

  /** Why the newest decision is not carried out, and when it is tried again. */
  private record Defect(String reason, int failures, long retryAtNanos) {}

  /** A version being prepared. Its identity tells it from a later attempt at the same. */
  private static final class Attempt {
    private final Activation goal;
    private final Manifests manifests;
    private final int failures;
    private Readiness readiness = Readiness.PREPARING;
    private @Nullable String reason;
    private long retryAtNanos;

    Attempt(Activation goal, Manifests manifests, int failures) {
      this.goal = goal;
      this.manifests = manifests;
      this.failures = failures;
    }

    boolean isFor(long version, long epoch) {
      return goal.version() == version && goal.epoch() == epoch;
    }
  }
}
