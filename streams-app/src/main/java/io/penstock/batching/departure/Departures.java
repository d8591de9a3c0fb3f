package io.penstock.batching.departure;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A pipeline's stream threads, as far as they gather: who there is, how much is sealed and not
 * computed, and the latest {@link Departure}. Thread-safe, without a lock.
 */
public final class Departures {

  private final long quietNanos;
  private final List<Companion> companions = new CopyOnWriteArrayList<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private final AtomicReference<@Nullable Departure> latest = new AtomicReference<>();

  /** Of threads that poll, and get what a broker sends in bursts. */
  public Departures() {
    this(Companion.QUIET_NANOS);
  }

  /**
   * @param quietNanos a thread is quiet when as long as this has passed since its last row
   */
  public Departures(long quietNanos) {
    this.quietNanos = quietNanos;
  }

  /** How long after its last row a thread is quiet. */
  long quietNanos() {
    return quietNanos;
  }

  /**
   * A companion for the batcher of the calling thread.
   *
   * @param now by the clock that it will be told the time of
   */
  public Companion companion(long now) {
    return new Companion(this, now);
  }

  /** A batch was sealed. */
  public void sealed() {
    underWay.incrementAndGet();
  }

  /** A sealed batch was finished. With the last one, threads that gather look what is due. */
  public void finished() {
    if (underWay.decrementAndGet() == 0) {
      for (Companion companion : companions) {
        if (companion.openRows() > 0) {
          companion.call();
        }
      }
    }
  }

  void join(Companion companion) {
    companions.add(companion);
  }

  void leave(Companion companion) {
    companions.remove(companion);
  }

  int size() {
    return companions.size();
  }

  boolean isAnyUnderWay() {
    return underWay.get() > 0;
  }

  int openRows() {
    int rows = 0;
    for (Companion companion : companions) {
      rows += companion.openRows();
    }
    return rows;
  }

  boolean areAllQuiet(long now) {
    for (Companion companion : companions) {
      if (companion.nanosToQuietItself(now) > 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * The longest of that time and those in which the others are quiet, if they were not just now.
   */
  long nanosToLull(long now, long own) {
    long longest = own;
    for (Companion companion : companions) {
      longest = Math.max(longest, companion.nanosToQuietLately(now));
    }
    return longest;
  }

  @Nullable Departure latest() {
    return latest.get();
  }

  /** A departure of those that have rows besides the leader; nothing if nobody has. */
  @Nullable Departure prepare(
      Companion leader, @Nullable Object kind, int roomForRows, long untilNanos) {
    Departure departure = null;
    for (Companion companion : companions) {
      if (companion != leader && companion.openRows() > 0) {
        if (departure == null) {
          departure = new Departure(kind, roomForRows, untilNanos);
          departure.expect(leader);
        }
        departure.expect(companion);
      }
    }
    return departure;
  }

  /** Makes a departure the latest; not if there has been one that its leader does not know of. */
  boolean announce(Departure departure, @Nullable Departure known, long now) {
    departure.follow(known, now);
    return latest.compareAndSet(known, departure);
  }
}
