package io.penstock.batching.departure;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One leaving of batches that several stream threads have gathered and that are to run together.
 * Thread-safe: companions arrive on their stream threads, inference threads look whether all have.
 */
public final class Departure {

  private final @Nullable Object kind;
  private final AtomicInteger roomForRows;
  private final long untilNanos;
  private final Set<Companion> missing = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Departure before;

  /**
   * @param kind of the batches that leave; null for all
   * @param roomForRows rows that may come along
   * @param untilNanos when those that have arrived leave without the others
   */
  Departure(@Nullable Object kind, int roomForRows, long untilNanos) {
    this.kind = kind;
    this.roomForRows = new AtomicInteger(roomForRows);
    this.untilNanos = untilNanos;
  }

  /**
   * Comes after another one, which is still to be found where it, or one before it, waits for
   * somebody: several may be called at almost the same moment, such as for one kind each.
   */
  void follow(@Nullable Departure former, long now) {
    if (former != null) {
      former.before = waiting(former.before, now);
    }
    before = waiting(former, now);
  }

  private static @Nullable Departure waiting(@Nullable Departure latest, long now) {
    Departure departure = latest;
    while (departure != null && !departure.isWaiting(now)) {
      departure = departure.before;
    }
    return departure;
  }

  /** The one that was called before, while anybody may be waited for there. */
  @Nullable Departure before() {
    return before;
  }

  void expect(Companion companion) {
    missing.add(companion);
  }

  void callMissing() {
    missing.forEach(Companion::call);
  }

  /** Whether a batch of that kind leaves, as far as there is room; takes it if so. */
  public boolean takes(Object batch, int rows) {
    if (kind != null && !kind.equals(batch)) {
      return false;
    }
    boolean fits = roomForRows.addAndGet(-rows) >= 0;
    if (!fits) {
      roomForRows.addAndGet(rows);
    }
    return fits;
  }

  /**
   * A companion has handed over what it has, or has nothing.
   *
   * @return whether everybody has come with that
   */
  public boolean arrived(Companion companion) {
    return missing.remove(companion) && missing.isEmpty();
  }

  /** Whether those that have arrived wait for others. */
  public boolean isWaiting(long now) {
    return nanosLeft(now) > 0 && !missing.isEmpty();
  }

  /** In how long those that have arrived leave without the others, by the batchers' clock. */
  public long nanosLeft(long now) {
    return untilNanos - now;
  }
}
