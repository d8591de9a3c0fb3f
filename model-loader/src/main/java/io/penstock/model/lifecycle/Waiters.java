package io.penstock.model.lifecycle;

import io.penstock.model.ModelException;
import io.penstock.model.ServableVersion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** Whoever waits for versions that are not available yet. Not thread-safe. */
final class Waiters {

  private final Map<Long, List<CompletableFuture<ServableVersion>>> waiting = new HashMap<>();

  void add(long version, CompletableFuture<ServableVersion> future) {
    waiting.computeIfAbsent(version, v -> new ArrayList<>()).add(future);
  }

  boolean isWaitedFor(long version) {
    return waiting.containsKey(version);
  }

  /** The versions that somebody waits for. A copy. */
  Set<Long> versions() {
    return Set.copyOf(waiting.keySet());
  }

  void complete(long version, ServableVersion available) {
    remove(version).forEach(future -> future.complete(available));
  }

  void refuse(long version, ModelException reason) {
    remove(version).forEach(future -> future.completeExceptionally(reason));
  }

  private List<CompletableFuture<ServableVersion>> remove(long version) {
    List<CompletableFuture<ServableVersion>> futures = waiting.remove(version);
    return futures == null ? List.of() : futures;
  }
}
