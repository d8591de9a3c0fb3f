package io.penstock.model.lifecycle;

import io.penstock.model.Lease;
import io.penstock.model.ServableVersion;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The leases of one loaded version: given until it retires, counted until all are back.
 * Thread-safe; acquiring and giving back are wait-free.
 *
 * <p>One word holds everything. Its low bits count leases, its sign bit says retired. To acquire is
 * to add one and look at the sign: whoever reads "not retired" has been counted before the
 * retirement, so the drain waits for it; whoever reads "retired" takes its one back and has
 * nothing. Such a failed attempt may make the count rise and fall again after the drain, which
 * completes only once; it never makes a lease.
 */
final class Leases {

  private static final int RETIRED = Integer.MIN_VALUE;

  private final ServableVersion version;
  private final AtomicInteger state = new AtomicInteger();
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  Leases(ServableVersion version) {
    this.version = version;
  }

  /** The version they are leases of. */
  ServableVersion version() {
    return version;
  }

  /** A lease, unless the version has retired. */
  Optional<Lease> acquire() {
    if (state.incrementAndGet() < 0) {
      giveBack();
      return Optional.empty();
    }
    return Optional.of(new Counted());
  }

  /** Leases that have not been given back. */
  int held() {
    return state.get() & ~RETIRED;
  }

  /**
   * Gives no lease from now on. Idempotent.
   *
   * @return completes when all leases are back, on the thread that gives back the last one
   */
  CompletionStage<Void> retire() {
    if (state.updateAndGet(word -> word | RETIRED) == RETIRED) {
      drained.complete(null);
    }
    return drained;
  }

  private void giveBack() {
    if (state.decrementAndGet() == RETIRED) {
      drained.complete(null);
    }
  }

  /** One lease. */
  private final class Counted implements Lease {

    private final AtomicBoolean open = new AtomicBoolean(true);

    @Override
    public ServableVersion version() {
      return version;
    }

    @Override
    public void close() {
      if (open.getAndSet(false)) {
        giveBack();
      }
    }
  }
}
