package io.penstock.batching.departure;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What a batcher tells the others of its pipeline, and asks them.
 *
 * <p>All calls on the stream thread that made it, but for what is not public: that the others read,
 * a moment late at worst.
 */
public final class Companion {

  /** A stream thread is quiet when as long as this has passed since its last row. */
  static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /**
   * Rows are counted as full when a sixteenth is missing: more come while the others are called.
   */
  private static final int SLACK = 16;

  /** A thread that is about to be back is waited for by this part of the time it was away. */
  private static final int RETURN_PART = 4;

  /** A broker that has records answers in about that time. */
  private static final long ANSWER_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** A thread takes this part of the time it was away to read what came meanwhile. */
  private static final int CATCHING_UP_PART = 8;

  private static final long HERE = Long.MIN_VALUE;

  private final Departures departures;
  private final long quietNanos;
  private final Thread thread = Thread.currentThread();
  private final AtomicInteger openRows = new AtomicInteger();
  private final AtomicLong lastRowNanos;
  private final AtomicLong lastQuietNanos;
  private final AtomicLong awayUntilNanos = new AtomicLong(HERE);
  private long leftNanos = HERE;
  private boolean joined;
  private @Nullable Departure seen;

  Companion(Departures departures, long now) {
    this.departures = departures;
    this.quietNanos = departures.quietNanos();
    this.lastRowNanos = new AtomicLong(now - quietNanos);
    this.lastQuietNanos = new AtomicLong(now);
  }

  /** A row joined an open batch. */
  public void took(long now) {
    if (!joined) {
      joined = true;
      seen = departures.latest();
      departures.join(this);
    }
    openRows.setRelease(openRows.getPlain() + 1);
    if (nanosToQuietItself(now) <= 0) {
      lastQuietNanos.setRelease(now);
    }
    lastRowNanos.setRelease(now);
  }

  /** Whether any row is in an open batch. */
  public boolean hasRows() {
    return openRows.getPlain() > 0;
  }

  /** So many rows are open no more. */
  public void sealed(int rows) {
    openRows.setRelease(openRows.getPlain() - rows);
  }

  /**
   * The thread takes no rows until it is {@link #back}, since a commit waits for those it has. What
   * comes meanwhile gathers at the broker, so that it is not quiet, whenever its last row was.
   */
  public void away(long now) {
    if (leftNanos == HERE) {
      leftNanos = now;
    }
    awayUntilNanos.setRelease(Long.MAX_VALUE);
  }

  /**
   * The rows that the commit waited for are computed, and it is about to be over. The others' open
   * rows wait a little for the thread, where its runs take long: it would wait for a whole one.
   */
  public void returning(long now) {
    awayUntilNanos.setRelease(now + (now - leftNanos) / RETURN_PART);
  }

  /**
   * The commit is over. If the thread was away for it, what gathered at the broker comes with its
   * next answers, and had better stay together: the thread is not quiet before.
   */
  public void back(long now) {
    if (leftNanos == HERE) {
      return;
    }
    long catchingUp = Math.max(ANSWER_NANOS, (now - leftNanos) / CATCHING_UP_PART);
    awayUntilNanos.setRelease(now + catchingUp);
    leftNanos = HERE;
  }

  /** The open rows are given up: it is nobody's companion until it takes a row again. */
  public void leave() {
    awayUntilNanos.setRelease(HERE);
    leftNanos = HERE;
    openRows.setRelease(0);
    joined = false;
    departures.leave(this);
  }

  /** Whether nothing of the pipeline runs, and none of its threads has had a row for a while. */
  public boolean isQuiet(long now) {
    return nanosToQuietItself(now) <= 0
        && !departures.isAnyUnderWay()
        && departures.areAllQuiet(now);
  }

  /**
   * In how long open rows had better leave than wait for more, if no more come: once this thread is
   * quiet, and each of the others is or was just now. Where records come in bursts, as brokers'
   * answers do, one thread's pauses fall into another's bursts.
   *
   * @return zero or less for now; {@link Long#MAX_VALUE} while something runs or nothing is open
   */
  public long nanosToLull(long now) {
    return openRows.getPlain() == 0 || departures.isAnyUnderWay()
        ? Long.MAX_VALUE
        : departures.nanosToLull(now, nanosToQuietItself(now));
  }

  /**
   * Whether a batch is about full together with what the others have, and nothing runs: while
   * something does, waiting costs nothing, and batches that are full by themselves need no copy.
   * Asks the others only if it would be with as many rows from each of them.
   *
   * @param rows of the batch
   * @param fullRows of a full one
   */
  public boolean isFullTogether(int rows, int fullRows) {
    int threads = departures.size();
    int full = fullRows - fullRows / SLACK;
    return threads > 1
        && rows * (long) threads >= full
        && !departures.isAnyUnderWay()
        && departures.openRows() >= full;
  }

  /**
   * Calls the others to a departure with this one.
   *
   * @param kind of the batches that leave; null for all
   * @param roomForRows rows that may come along
   * @param holdNanos in how long they leave without those that have not come
   * @return nothing if nobody else has rows, or somebody has called this one since it last asked
   */
  public @Nullable Departure depart(
      @Nullable Object kind, int roomForRows, long now, long holdNanos) {
    Departure departure = departures.prepare(this, kind, roomForRows, now + holdNanos);
    if (departure == null || !departures.announce(departure, seen, now)) {
      return null;
    }
    seen = departure;
    departure.callMissing();
    return departure;
  }

  /** The departures that this one may have been called to since it last asked, in their order. */
  public Collection<Departure> calledTo() {
    Departure latest = departures.latest();
    if (latest == seen) {
      return List.of();
    }
    Deque<Departure> called = new ArrayDeque<>();
    for (Departure unseen = latest; unseen != null && unseen != seen; unseen = unseen.before()) {
      called.addFirst(unseen);
    }
    seen = latest;
    return called;
  }

  int openRows() {
    return openRows.getAcquire();
  }

  long nanosToQuietItself(long now) {
    if (isAway(now)) {
      return quietNanos;
    }
    return lastRowNanos.getAcquire() + quietNanos - now;
  }

  /** The same; zero if it has been quiet just now. */
  long nanosToQuietLately(long now) {
    boolean wasQuiet = !isAway(now) && now - lastQuietNanos.getAcquire() < quietNanos;
    return wasQuiet ? 0 : nanosToQuietItself(now);
  }

  private boolean isAway(long now) {
    return awayUntilNanos.getAcquire() > now;
  }

  /** Has the thread look what it is called to, if it rests. */
  void call() {
    LockSupport.unpark(thread);
  }
}
