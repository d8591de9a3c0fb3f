package io.penstock.control;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.LongSupplier;

/**
 * Whether what an instance knows of the decisions is recent enough to serve by. It is as old as the
 * last time at which its end was asked for, before everything up to that end was acted on.
 *
 * <p>A broker that was cut off from the others, and replaced, goes on to name an end. What it does
 * not get is anything replicated. So the end counts for no later a time than that at which a report
 * was sent which all in-sync replicas had taken before the end was asked for: until then, at least,
 * the brokers were who they should be.
 *
 * <p>Says {@link Listener#stale} before the bound is reached, by one interval between two checks,
 * so that nobody serves for longer than the bound what the fleet has left. Thread-safe.
 */
public final class Staleness {

  /** How many checks there are within the bound. */
  static final int CHECKS = 10;

  private final Duration bound;
  private final LongSupplier nanoClock;
  private final Listener listener;
  private long confirmedNanos;
  private long heardNanos;
  private final Deque<Taken> taken = new ArrayDeque<>();
  private boolean stale;

  /** More than there are between two confirmations, unless there are none for long. */
  private static final int MOST_TAKEN = 1_000;

  /** Who is told, on the thread of the caller. Must not block. */
  public interface Listener {

    /** The decisions may have moved on. */
    void stale(String reason);

    /** They are known again, and acted on. */
    void current();

    /** They count as known until then, by the clock, and no longer unless it is said again. */
    void known(long untilNanos);
  }

  /** Nothing is older than this moment. */
  public Staleness(Duration bound, LongSupplier nanoClock, Listener listener) {
    this.bound = bound;
    this.nanoClock = nanoClock;
    this.listener = listener;
    this.confirmedNanos = nanoClock.getAsLong();
    this.heardNanos = confirmedNanos;
  }

  /** Counts from when this was made: to be called before anything is served. */
  public synchronized void begin() {
    listener.known(knownUntilNanos());
  }

  /** How often to call {@link #check}; to confirm and to report twice as often is in time. */
  public Duration checkInterval() {
    return bound.dividedBy(CHECKS);
  }

  /** Everything that had been decided at that time is known and acted on. */
  public synchronized void confirmed(long atNanos) {
    confirmedNanos = later(confirmedNanos, atNanos);
    while (!taken.isEmpty() && atNanos - taken.element().atNanos() >= 0) {
      heardNanos = later(heardNanos, taken.remove().sentNanos());
    }
    listener.known(knownUntilNanos());
    if (stale && !isOver()) {
      stale = false;
      listener.current();
    }
  }

  /** What this instance sent at that time has now been taken by all in-sync replicas. */
  public synchronized void heard(long sentNanos) {
    taken.add(new Taken(sentNanos, nanoClock.getAsLong()));
    if (taken.size() > MOST_TAKEN) {
      taken.remove();
    }
  }

  private long knownUntilNanos() {
    return (isHeardLast() ? confirmedNanos : heardNanos) + bound.toNanos();
  }

  private boolean isHeardLast() {
    return heardNanos - confirmedNanos >= 0;
  }

  private static long later(long one, long other) {
    return other - one > 0 ? other : one;
  }

  /** Looks at the clock. */
  public synchronized void check() {
    if (!stale && isOver()) {
      stale = true;
      listener.stale(
          "%s for %d ms (control.max-staleness: %d ms)"
              .formatted(
                  isHeardLast()
                      ? "the end of the decisions has not been confirmed"
                      : "no report of this instance has been taken by the in-sync replicas",
                  age().toMillis(),
                  bound.toMillis()));
    }
  }

  private boolean isOver() {
    return age().plus(checkInterval()).compareTo(bound) >= 0;
  }

  private Duration age() {
    return bound.minusNanos(knownUntilNanos() - nanoClock.getAsLong());
  }

  /** A report that was sent, and when all in-sync replicas had it. */
  private record Taken(long sentNanos, long atNanos) {}
}
