package io.penstock.model.lifecycle.lease;

import io.penstock.model.Lease;
import io.penstock.model.ServableVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The leases of one loaded version: given until it retires, counted until all are back.
 * Thread-safe; acquiring and giving back are wait-free.
 *
 * <p>One word holds everything. Its low bits count leases, its sign bit says retired. To acquire is
 * to add one and look at the sign: whoever reads "not retired" has been counted before the
 * retirement, so the drain waits for it; whoever reads "retired" takes its one back and has
 * nothing. Such a failed attempt may make the count rise and fall again after the drain, which
 * completes only once; it never makes a lease.
 *
 * <p>Beside the word, and never asked by it, a few places hold the leases themselves, so that one
 * that is out for long can be reported with its holder. A lease takes the first free place from
 * where its thread looks; one that finds none nearby is counted all the same, and not reported.
 */
public final class Leases {

  private static final int RETIRED = Integer.MIN_VALUE;

  /** A power of two, and more than there are batches in flight as a rule. */
  private static final int PLACES = 256;

  /** How many places a lease looks at, which bounds what acquiring takes. */
  private static final int LOOKS = 32;

  /** Places that share a cache line: threads begin to look so far apart. */
  private static final int STRIDE = 16;

  private static final int NOWHERE = -1;

  private final ServableVersion version;
  private final LongSupplier nanoTime;
  private final AtomicInteger state = new AtomicInteger();
  private final AtomicReferenceArray<Counted> places = new AtomicReferenceArray<>(PLACES);
  private final CompletableFuture<Void> drained = new CompletableFuture<>();

  /**
   * No leases yet.
   *
   * @param nanoTime a monotonic clock such as {@link System#nanoTime}
   */
  public Leases(ServableVersion version, LongSupplier nanoTime) {
    this.version = version;
    this.nanoTime = nanoTime;
  }

  /** The version they are leases of. */
  public ServableVersion version() {
    return version;
  }

  /** A lease, unless the version has retired. */
  public Optional<Lease> acquire() {
    if (state.incrementAndGet() < 0) {
      giveBack();
      return Optional.empty();
    }
    Counted lease = new Counted(Thread.currentThread().getName(), nanoTime.getAsLong());
    lease.place = findPlace(lease);
    return Optional.of(lease);
  }

  /** Leases that have not been given back. */
  public int held() {
    return state.get() & ~RETIRED;
  }

  /** The leases that are out, as far as they found a place. */
  public List<HeldLease> outstanding() {
    return outstanding(lease -> true);
  }

  /** Those that are out for longer than that, each once. To be called by one thread. */
  public List<HeldLease> overdue(Duration limit) {
    long limitNanos = limit.toNanos();
    return outstanding(lease -> lease.isNewlyOverdue(nanoTime.getAsLong(), limitNanos));
  }

  private List<HeldLease> outstanding(Predicate<Counted> wanted) {
    List<HeldLease> held = new ArrayList<>();
    for (int place = 0; place < PLACES; place++) {
      Counted lease = places.get(place);
      if (lease != null && wanted.test(lease)) {
        held.add(lease.describe(nanoTime.getAsLong()));
      }
    }
    return held;
  }

  /**
   * Gives no lease from now on. Idempotent.
   *
   * @return completes when all leases are back, on the thread that gives back the last one
   */
  public CompletionStage<Void> retire() {
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

  private int findPlace(Counted lease) {
    int first = (int) Thread.currentThread().getId() * STRIDE;
    for (int look = 0; look < LOOKS; look++) {
      int place = (first + look) & (PLACES - 1);
      if (places.get(place) == null && places.compareAndSet(place, null, lease)) {
        return place;
      }
    }
    return NOWHERE;
  }

  /** One lease. */
  private final class Counted implements Lease {

    private static final AtomicIntegerFieldUpdater<Counted> CLOSED =
        AtomicIntegerFieldUpdater.newUpdater(Counted.class, "closed");

    private final String holder;
    private final long sinceNanos;

    /** 1 once it is back. */
    @SuppressWarnings("UnusedVariable") // Read and written by CLOSED.
    private volatile int closed;

    /** Where it stands; belongs to the thread that acquires, then to whoever closes. */
    private int place = NOWHERE;

    /** Belongs to the thread that reports. */
    private boolean reported;

    Counted(String holder, long sinceNanos) {
      this.holder = holder;
      this.sinceNanos = sinceNanos;
    }

    @Override
    public ServableVersion version() {
      return version;
    }

    @Override
    public void close() {
      if (CLOSED.compareAndSet(this, 0, 1)) {
        if (place != NOWHERE) {
          places.set(place, null);
        }
        giveBack();
      }
    }

    private boolean isNewlyOverdue(long nowNanos, long limitNanos) {
      boolean newly = !reported && nowNanos - sinceNanos > limitNanos;
      reported |= newly;
      return newly;
    }

    private HeldLease describe(long nowNanos) {
      return new HeldLease(holder, Duration.ofNanos(nowNanos - sinceNanos));
    }
  }
}
