package io.penstock.service;

import io.penstock.control.Activation;
import io.penstock.model.ServableVersion;
import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Brings pipelines to what a model serves already: those that came after it was made ready for the
 * others. What cannot be used is tried again until it can be, or is not wanted any more; meanwhile
 * their records are left to other instances. All calls on the control thread.
 */
final class Latecomers {

  private static final Duration FIRST_RETRY = Duration.ofSeconds(1);
  private static final int MAX_DOUBLINGS = 5;

  private final ModelHost host;
  private final Executor work;
  private final Executor controlThread;
  private final Map<Pipeline, Attempt> attempts = new HashMap<>();

  Latecomers(ModelHost host, Executor work, Executor controlThread) {
    this.host = host;
    this.work = work;
    this.controlThread = controlThread;
  }

  /** What is under way for a pipeline. */
  private static final class Attempt {

    private final ServedPipeline served;
    private final Activation goal;
    private final List<Long> versions;
    private List<CompletableFuture<ServableVersion>> requests = List.of();

    Attempt(ServedPipeline served, Activation goal, List<Long> versions) {
      this.served = served;
      this.goal = goal;
      this.versions = versions;
    }

    /** While it waits for a version, that is wanted. */
    void cancel() {
      requests.forEach(request -> request.cancel(false));
    }
  }

  /**
   * Cuts a pipeline over to what serves, some time later.
   *
   * @param versions those that serve: one, or two that share the records
   */
  void bring(ServedPipeline served, Activation goal, List<Long> versions) {
    leave(served);
    Attempt attempt = new Attempt(served, goal, versions);
    attempts.put(served.pipeline(), attempt);
    begin(attempt, 0);
  }

  /** What serves is another now, or nothing: no pipeline is brought to what was. */
  void leaveAll() {
    List<Attempt> left = List.copyOf(attempts.values());
    attempts.clear();
    left.forEach(Attempt::cancel);
  }

  /** A pipeline is not brought to anything any more. */
  void leave(ServedPipeline served) {
    Attempt attempt = attempts.remove(served.pipeline());
    if (attempt != null) {
      attempt.cancel();
    }
  }

  private boolean isUnderWay(Attempt attempt) {
    return attempts.get(attempt.served.pipeline()) == attempt;
  }

  private void begin(Attempt attempt, int failures) {
    attempt.requests = attempt.versions.stream().map(host.runtime()::whenAvailable).toList();
    CompletableFuture<?>[] bound =
        attempt.requests.stream()
            .map(request -> request.thenAcceptAsync(it -> host.bind(attempt.served, it), work))
            .toArray(CompletableFuture[]::new);
    var unused =
        CompletableFuture.allOf(bound)
            .whenComplete(
                (nothing, failure) ->
                    controlThread.execute(() -> ended(attempt, failures, failure)));
  }

  private void ended(Attempt attempt, int failures, @Nullable Throwable failure) {
    if (!isUnderWay(attempt)) {
      forget(attempt);
    } else if (failure == null) {
      attempts.remove(attempt.served.pipeline());
      host.cutOver(attempt.served, attempt.goal);
    } else {
      rest(attempt, failure);
      later(
          failures,
          () -> {
            if (isUnderWay(attempt)) {
              begin(attempt, failures + 1);
            } else {
              forget(attempt);
            }
          });
    }
  }

  private void forget(Attempt attempt) {
    attempt.versions.forEach(version -> host.forget(attempt.served, version));
  }

  private void rest(Attempt attempt, Throwable failure) {
    Pipeline pipeline = attempt.served.pipeline();
    String why =
        "the fleet serves %s/%d, which it cannot use, and tries again: %s"
            .formatted(host.runtime().name(), attempt.goal.version(), message(failure));
    pipeline.pause(Pipeline.Pause.BEHIND, why);
    work.execute(pipeline.withdraw(why));
  }

  private static @Nullable String message(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause().getMessage()
        : failure.getMessage();
  }

  private void later(int failures, Runnable task) {
    long millis = FIRST_RETRY.toMillis() << Math.min(failures, MAX_DOUBLINGS);
    CompletableFuture.delayedExecutor(millis, TimeUnit.MILLISECONDS, controlThread).execute(task);
  }
}
