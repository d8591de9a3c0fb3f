package io.penstock.service;

import io.penstock.control.Activation;
import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.util.Collection;
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

  Latecomers(ModelHost host, Executor work, Executor controlThread) {
    this.host = host;
    this.work = work;
    this.controlThread = controlThread;
  }

  /**
   * Cuts a pipeline over to what serves, some time later.
   *
   * @param versions those that serve: one, or two that share the records
   */
  void bring(ServedPipeline served, Activation goal, Collection<Long> versions) {
    bring(served, goal, versions, 0);
  }

  private void bring(
      ServedPipeline served, Activation goal, Collection<Long> versions, int failures) {
    CompletableFuture<?>[] bound =
        versions.stream()
            .map(host.runtime()::whenAvailable)
            .map(available -> available.thenAcceptAsync(it -> host.bind(served, it), work))
            .toArray(CompletableFuture[]::new);
    var unused =
        CompletableFuture.allOf(bound)
            .whenComplete(
                (nothing, failure) ->
                    controlThread.execute(
                        () -> {
                          if (!host.isWanted(served, goal)) {
                            return;
                          }
                          if (failure == null) {
                            host.cutOver(served, goal);
                          } else {
                            rest(served, goal, failure);
                            later(failures, () -> retry(served, goal, versions, failures + 1));
                          }
                        }));
  }

  private void retry(
      ServedPipeline served, Activation goal, Collection<Long> versions, int failures) {
    if (host.isWanted(served, goal)) {
      bring(served, goal, versions, failures);
    }
  }

  private void rest(ServedPipeline served, Activation goal, Throwable failure) {
    String why =
        "the fleet serves %s/%d, which it cannot use, and tries again: %s"
            .formatted(host.runtime().name(), goal.version(), message(failure));
    served.pipeline().pause(Pipeline.Pause.BEHIND, why);
    work.execute(served.pipeline().withdraw(why));
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
