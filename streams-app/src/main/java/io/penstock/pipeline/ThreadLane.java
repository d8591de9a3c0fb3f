package io.penstock.pipeline;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.pipeline.PipelineSettings.WaitLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.errors.StreamsException;
import org.jspecify.annotations.Nullable;

/**
 * What the tasks of one stream thread share: the batcher, the time they may wait, and whether the
 * thread has failed.
 *
 * <p><b>Working.</b> Batches are finished by other threads, while this one polls or takes records
 * of another task. So whatever is due is done for all tasks together: before and after each wait
 * for records ({@link #work}), and while records keep coming every millisecond. A punctuation would
 * do this too, but no sooner than a millisecond later, and each one makes Streams commit.
 *
 * <p><b>Waiting.</b> Whatever waits, a record for room or a commit for its rows, has the time since
 * the thread's last poll: the next one must come before {@code max.poll.interval.ms}. Under {@code
 * exactly_once_v2} a second bound runs from the transaction's first record: its commit must come
 * before {@code transaction.timeout.ms}. When a bound is reached the version is to blame if a run
 * of it was on its way, and waited for, for at least half of the time, unless bad records were
 * searched for; else something held the thread up, such as other pipelines' runs, or a broker.
 *
 * <p><b>Failing.</b> After one failure every later hook of the thread throws at once: Streams calls
 * the hooks again when it closes the tasks, and none may wait again. It throws rather than returns,
 * because a hook that returns says "all rows forwarded" and lets offsets be committed.
 *
 * <p><b>Knowing.</b> A record is taken, and its outcome forwarded and committed, while what the
 * fleet serves is known: nobody else stops a thread that goes on after the process stood still.
 * What was taken by a version that serves no more must be committed within the time for which that
 * version was known to serve.
 *
 * <p>Not thread-safe: all calls on the stream thread.
 */
public final class ThreadLane {

  private static final long NONE = Long.MIN_VALUE;

  /** As good as without a bound, and still a time by the clock. */
  private static final long AGES_NANOS = TimeUnit.DAYS.toNanos(10_000);

  /** How often whatever is due is done while records keep coming, and how long a rest may be. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Batcher batcher;
  private final BatchLimits inFlight;
  private final WaitLimits limits;
  private final BatchPlan plan;
  private final PipelineStatistics statistics;
  private final LongSupplier clock;
  private boolean committing;

  /** Since the last poll. */
  private final Waiting round = new Waiting();

  /** Since the first outcome that is not committed, whether in a transaction or not. */
  private final Waiting uncommitted = new Waiting();

  /** What served when the last record was taken, and until when that was known to. */
  private @Nullable Serving takenBy;

  private long knownUntilNanos;

  /** Until when that which served before was known to, while outcomes of it are uncommitted. */
  private long leftUntilNanos = NONE;

  private @Nullable StreamsException failure;
  private boolean dropped;

  /** Of all tasks together: not forwarded yet, whether computed or not. */
  private int pendingRows;

  private long pendingBytes;
  private final List<PredictProcessor> tasks = new ArrayList<>();
  private long lastWorkNanos;
  private long lastWaitingNanos;

  ThreadLane(
      Batcher batcher,
      BatchLimits inFlight,
      WaitLimits limits,
      PipelineStatistics statistics,
      LongSupplier clock) {
    this.batcher = batcher;
    this.inFlight = inFlight;
    this.limits = limits;
    this.plan = inFlight.plan();
    this.statistics = statistics;
    this.clock = clock;
    this.lastWaitingNanos = clock.getAsLong() - WAITING_NANOS;
  }

  Batcher batcher() {
    return batcher;
  }

  /** A task was opened on this thread: it lives. */
  void taskOpened(PredictProcessor task) {
    tasks.add(task);
    failure = null;
    dropped = false;
  }

  /** A task was closed. With the last one go its rows that nobody has waited for. */
  void taskClosed(PredictProcessor task) {
    tasks.remove(task);
    if (tasks.isEmpty()) {
      batcher.abandon();
      plan.left(this);
    }
  }

  /** A record was taken, and waits for its outcome. */
  void admitted(int valueBytes) {
    pendingRows++;
    pendingBytes += valueBytes;
  }

  /** So many records wait no more. */
  void left(int rows, long valueBytes) {
    pendingRows -= rows;
    pendingBytes -= valueBytes;
  }

  /**
   * Whether the next record has to wait: as much is under way as may be, even when everything that
   * is finished was forwarded.
   */
  boolean isFull() {
    if (!hasReachedLimits()) {
      return false;
    }
    forwardFinished();
    return hasReachedLimits();
  }

  private boolean hasReachedLimits() {
    return pendingRows >= inFlight.maxInFlightRows()
        || pendingBytes >= inFlight.maxInFlightBytes()
        || batcher.isFull();
  }

  /** Forwards what is finished, of every task. */
  void forwardFinished() {
    for (PredictProcessor task : tasks) {
      task.forwardFinished();
    }
  }

  /** A record comes. */
  void recordComes() {
    commitIsOver();
    if (clock.getAsLong() - lastWorkNanos >= TICK_NANOS) {
      work();
    }
  }

  /**
   * What to take a record by: its timestamp says which version.
   *
   * @throws UnknownDecisionsException if it is not known what serves
   */
  Serving take(ServingVersion serving, String taker) {
    long now = clock.getAsLong();
    long knownFor = Math.min(serving.knownForNanos(now), AGES_NANOS);
    Serving served = serving.serving();
    if (knownFor <= 0) {
      throw unknown(taker, -knownFor);
    }
    if (takenBy == null || !isUncommitted()) {
      leftUntilNanos = NONE;
    } else if (served.latest() != takenBy.latest() && leftUntilNanos == NONE) {
      leftUntilNanos = knownUntilNanos;
    }
    takenBy = served;
    knownUntilNanos = now + knownFor;
    return served;
  }

  /**
   * To be called before outcomes are forwarded or committed.
   *
   * @throws UnknownDecisionsException if the fleet may have left, for longer than it may have, what
   *     they were taken by
   */
  void requireKnown(ServingVersion serving, String taker) {
    if (takenBy == null || !isUncommitted()) {
      return;
    }
    long now = clock.getAsLong();
    if (leftUntilNanos != NONE && now - leftUntilNanos > 0) {
      if (isLeftUncommitted()) {
        throw unknown(taker, now - leftUntilNanos);
      }
      leftUntilNanos = NONE;
    }
    if (now - knownUntilNanos > 0) {
      long knownFor = Math.min(serving.knownForNanos(now), AGES_NANOS);
      if (knownFor <= 0 || serving.current() != takenBy.latest()) {
        throw unknown(taker, now - knownUntilNanos);
      }
      knownUntilNanos = now + knownFor;
    }
  }

  /** Whether there are outcomes that nobody sees yet. */
  private boolean isUncommitted() {
    return isPending() || isInTransaction();
  }

  /** Whether some of them were taken by an earlier decision than the last record. */
  private boolean isLeftUncommitted() {
    Serving last = takenBy;
    return isInTransaction() || tasks.stream().anyMatch(task -> task.awaitsOther(last));
  }

  private boolean isInTransaction() {
    return uncommitted.hasBegun() && limits.maxTransactionNanos() != Long.MAX_VALUE;
  }

  private UnknownDecisionsException unknown(String taker, long nanos) {
    UnknownDecisionsException unknown =
        new UnknownDecisionsException(
            ("%s: what the fleet serves was known until %d ms ago; what was taken since the last"
                    + " commit is read again once it is known (control.max-staleness)")
                .formatted(taker, TimeUnit.NANOSECONDS.toMillis(nanos)));
    fail(unknown);
    return unknown;
  }

  /**
   * Does what is due: seals the batches that have waited long enough and forwards what is finished,
   * of every task. To be called before the thread waits for records, and after.
   *
   * @throws StreamsException as {@code process} would; the thread is to die of it
   */
  public void work() {
    commitIsOver();
    lastWorkNanos = clock.getAsLong();
    if (plan.isTuned()) {
      plan.step(lastWorkNanos, statistics.admittedRecords(), statistics.inFlightRecords());
    }
    batcher.tick();
    forwardFinished();
  }

  /** The thread has polled: its group takes it for alive, from now on for as long as it may. */
  public void polled() {
    round.begin(clock.getAsLong());
  }

  /** Whether somebody asks what waits in the thread's partitions: now and then, if at all. */
  public boolean wantsWaiting() {
    return plan.isTuned() && clock.getAsLong() - lastWaitingNanos >= WAITING_NANOS;
  }

  /** So many records of those partitions were not fetched yet. */
  public void waiting(Set<TopicPartition> partitions, long records) {
    lastWaitingNanos = clock.getAsLong();
    plan.waits(this, partitions, records);
  }

  /** Whether records wait for their outcomes on this thread: {@link #rest} rather than poll. */
  public boolean isPending() {
    for (PredictProcessor task : tasks) {
      if (task.isPending()) {
        return true;
      }
    }
    return false;
  }

  /** Waits until a batch is finished or due, a millisecond at most. */
  public void rest() {
    batcher.rest(TICK_NANOS);
  }

  /** How long a thread without pending records may poll, so that commits are not late. */
  public Duration idlePoll(Duration asked) {
    boolean committed = committing || !uncommitted.hasBegun();
    return committed || asked.compareTo(limits.uncommittedPoll()) < 0
        ? asked
        : limits.uncommittedPoll();
  }

  /** Streams is back from a commit, if it was in one: what was forwarded is committed. */
  private void commitIsOver() {
    if (committing) {
      committing = false;
      uncommitted.end();
      batcher.resume();
    }
  }

  /** A commit begins, or goes on with the next task. */
  void committing() {
    committing = true;
  }

  /** An outcome was forwarded: a transaction, if there are any, is open. */
  void forwarded() {
    if (!uncommitted.hasBegun()) {
      uncommitted.begin(clock.getAsLong());
    }
  }

  /**
   * Waits a moment for a batch of this thread.
   *
   * @param version what is waited for
   * @throws ModelUnresponsiveException when the time is over, and the version is to blame
   * @throws StreamsException when the time is over, and it is not
   */
  void await(String waiter, int rows, VersionBinding version) {
    long now = clock.getAsLong();
    if (!round.hasBegun()) {
      round.begin(now);
    }
    Waiting bound = round;
    long left = limits.maxWaitNanos() - round.nanos(now);
    if (isInTransaction()) {
      long leftOfTransaction = limits.maxTransactionNanos() - uncommitted.nanos(now);
      if (leftOfTransaction < left) {
        left = leftOfTransaction;
        bound = uncommitted;
      }
    }
    if (left <= 0) {
      throw late(waiter, rows, version, bound, now);
    }
    long pause = Math.min(left, 50_000_000L);
    long busyNanos = version.busyNanos(now);
    long searchNanos = version.searchNanos(now);
    batcher.await(pause);
    long end = clock.getAsLong();
    // More than twice as long, and it was the process that did not go on, not the version.
    long waited = Math.min(end - now, 2 * pause);
    long computing = Math.min(version.busyNanos(end) - busyNanos, 2 * pause);
    long searching = Math.min(version.searchNanos(end) - searchNanos, 2 * pause);
    round.add(waited, computing, searching);
    uncommitted.add(waited, computing, searching);
  }

  private StreamsException late(
      String waiter, int rows, VersionBinding version, Waiting bound, long now) {
    long nanos = bound.nanos(now);
    String what =
        ("%s, version %s: %d rows were not computed in time: after %d ms, %d ms of which went by in"
                + " waiting, with a run of the version on its way for %d ms. ")
            .formatted(
                waiter,
                version,
                rows,
                TimeUnit.NANOSECONDS.toMillis(nanos),
                TimeUnit.NANOSECONDS.toMillis(bound.waitedNanos()),
                TimeUnit.NANOSECONDS.toMillis(bound.computingNanos()));
    if (bound.waitedNanos() < nanos / 2) {
      return new StreamsException(
          what + "Something else held the thread up: look whether the brokers answer in time");
    }
    plan.late();
    if (bound.computingNanos() < nanos / 2) {
      return new StreamsException(
          what
              + "The inference threads were with other pipelines: raise inference.threads or the"
              + " pipeline's share, or inference.max-in-flight-rows and -bytes if other pipelines"
              + " use these up");
    }
    if (bound.searchingNanos() > bound.computingNanos() / 2) {
      return new StreamsException(
          what
              + "For %d ms of these, the bad records of a batch were searched for. Batches are"
                  .formatted(TimeUnit.NANOSECONDS.toMillis(bound.searchingNanos()))
              + " smaller for a while, so that the search can end: lower batch.rows if that does"
              + " not help, or raise max.poll.interval.ms (and transaction.timeout.ms under"
              + " exactly_once_v2)");
    }
    return new ModelUnresponsiveException(
        version.id(),
        what
            + "The model is too slow for the time a commit may take, or hangs: lower batch.rows,"
            + " or raise max.poll.interval.ms (and transaction.timeout.ms under"
            + " exactly_once_v2)");
  }

  /** Throws what failed this thread before, if anything did. */
  void throwIfFailed() {
    if (failure != null) {
      throw failure;
    }
  }

  /** Something went wrong: from now on every hook throws, until a task is opened anew. */
  void fail(StreamsException cause) {
    if (failure == null) {
      failure = cause;
    }
  }

  /**
   * All tasks of the thread are about to be closed without a commit, because the thread dies or its
   * partitions are lost: nothing is waited for or forwarded, and what was not sealed is not run.
   */
  public void drop(StreamsException cause) {
    fail(cause);
    dropped = true;
    takenBy = null;
    batcher.abandon();
    plan.left(this);
  }

  /** Whether the thread was told to drop what it has, and has opened no task since. */
  public boolean isDropped() {
    return dropped;
  }
}
