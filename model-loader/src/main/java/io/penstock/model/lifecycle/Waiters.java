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

  /**
   * Waits no longer.
   *
   * @return whether it had waited until now
   */
  boolean forsake(long version, CompletableFuture<ServableVersion> future) {
    List<CompletableFuture<ServableVersion>> futures = waiting.get(version);
    if (futures == null || !futures.removeIf(other -> other == future)) {
      return false;
    }
    if (futures.isEmpty()) {
      waiting.remove(version);
    }
    return true;
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
