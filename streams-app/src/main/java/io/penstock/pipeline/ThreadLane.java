package io.penstock.pipeline;

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
 * <p><b>Waiting.</b> Hooks of one commit round share one deadline, which starts with the round's
 * first wait and ends with the next record or poll. Under {@code exactly_once_v2} a second bound
 * runs from the transaction's first record: its commit must come before {@code
 * transaction.timeout.ms}. When a bound is reached the version is to blame if at least half of the
 * time was spent waiting for it; else something held the thread up, such as a broker.
 *
 * <p><b>Failing.</b> After one failure every later hook of the thread throws at once: Streams calls
 * the hooks again when it closes the tasks, and none may wait again. It throws rather than returns,
 * because a hook that returns says "all rows forwarded" and lets offsets be committed.
 *
 * <p>Not thread-safe: all calls on the stream thread.
 */
public final class ThreadLane {

  private static final long NONE = Long.MIN_VALUE;

  /** How often whatever is due is done while records keep coming, and how long a rest may be. */
  private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private static final long WAITING_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  private final Batcher batcher;
  private final WaitLimits limits;
  private final BatchPlan plan;
  private final PipelineStatistics statistics;
  private final LongSupplier clock;
  private boolean committing;
  private long waitDeadline = NONE;
  private long transactionStart = NONE;

  /** For batches, in the transaction or, before it began, in the round. */
  private long waitedNanos;

  private @Nullable StreamsException failure;
  private boolean dropped;
  private final List<PredictProcessor> tasks = new ArrayList<>();
  private long lastWorkNanos;
  private long lastWaitingNanos;

  ThreadLane(
      Batcher batcher,
      WaitLimits limits,
      BatchPlan plan,
      PipelineStatistics statistics,
      LongSupplier clock) {
    this.batcher = batcher;
    this.limits = limits;
    this.plan = plan;
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

  /** A record comes. */
  void recordComes() {
    commitIsOver();
    if (clock.getAsLong() - lastWorkNanos >= TICK_NANOS) {
      work();
    }
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
    for (PredictProcessor task : tasks) {
      task.forwardFinished();
    }
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
    boolean committed = committing || transactionStart == NONE;
    return committed || asked.compareTo(limits.uncommittedPoll()) < 0
        ? asked
        : limits.uncommittedPoll();
  }

  /** Streams is back from a commit, if it was in one: what was forwarded is committed. */
  private void commitIsOver() {
    if (committing) {
      committing = false;
      transactionStart = NONE;
      waitedNanos = 0;
    }
    waitDeadline = NONE;
  }

  /** A commit begins, or goes on with the next task. */
  void committing() {
    committing = true;
  }

  /** An outcome was forwarded: a transaction, if there are any, is open. */
  void forwarded() {
    if (transactionStart == NONE) {
      transactionStart = clock.getAsLong();
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
    if (waitDeadline == NONE) {
      waitDeadline = now + limits.maxWaitNanos();
      if (transactionStart == NONE) {
        waitedNanos = 0;
      }
    }
    long left = waitDeadline - now;
    long since = waitDeadline - limits.maxWaitNanos();
    if (transactionStart != NONE && limits.maxTransactionNanos() != Long.MAX_VALUE) {
      long leftOfTransaction = transactionStart + limits.maxTransactionNanos() - now;
      if (leftOfTransaction < left) {
        left = leftOfTransaction;
        since = transactionStart;
      }
    }
    if (left <= 0) {
      throw late(waiter, rows, version, now - since);
    }
    batcher.await(Math.min(left, 50_000_000L));
    waitedNanos += clock.getAsLong() - now;
  }

  private StreamsException late(String waiter, int rows, VersionBinding version, long nanos) {
    String what =
        ("%s, version %s: %d rows were not computed in time: after %d ms, %d ms of which went by in"
                + " waiting. ")
            .formatted(
                waiter,
                version,
                rows,
                TimeUnit.NANOSECONDS.toMillis(nanos),
                TimeUnit.NANOSECONDS.toMillis(waitedNanos));
    return waitedNanos >= nanos / 2
        ? new ModelUnresponsiveException(
            version.id(),
            what
                + "The model is too slow for the time a commit may take, or hangs: lower batch.rows,"
                + " or raise max.poll.interval.ms (and transaction.timeout.ms under"
                + " exactly_once_v2)")
        : new StreamsException(
            what + "Something else held the thread up: look whether the brokers answer in time");
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
    batcher.abandon();
    plan.left(this);
  }

  /** Whether the thread was told to drop what it has, and has opened no task since. */
  public boolean isDropped() {
    return dropped;
  }
}
