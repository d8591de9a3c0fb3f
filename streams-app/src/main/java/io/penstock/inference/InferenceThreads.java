package io.penstock.inference;

import io.penstock.batching.Batch;
import io.penstock.batching.Deadlines;
import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.inference.schedule.Run;
import io.penstock.inference.schedule.RunQueue;
import io.penstock.model.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that run batches, shared by all pipelines of the process; a {@link RunQueue} says
 * what runs next. They hold no Kafka client and no processor context: they only complete batches.
 *
 * <p><b>Runs that hang.</b> A native run cannot be cut. Past its deadline a watchdog gives up on
 * it: its batches fail, its version is quarantined (what waits for it and what comes fails at
 * once), and another thread takes the place of the one that is stuck. If the run returns after all,
 * nobody reads its results; its leases are given back then and not before, and its thread ends.
 * When more threads are stuck than may be, the process has to end: native memory and processors go
 * with them. It does not end for requests that hang, which anybody may send: as many more threads
 * may be stuck with these, and then no more of them are run.
 *
 * <p>Thread-safe. One lock guards the queue and the runs under way, taken once to submit a batch
 * and twice for each run; nothing is called under it that blocks.
 */
public final class InferenceThreads implements Inference, AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(InferenceThreads.class);

  private static final long WATCH_MILLIS = 100;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(WATCH_MILLIS);

  /** A watchdog that sleeps for so long was stopped, and the process with it. */
  private static final long STOPPED_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final ThreadFactory factory;
  private final InferenceSettings settings;
  private final LongSupplier clock;
  private final Consumer<String> exit;
  private final Map<String, InferenceStatistics> statistics = new ConcurrentHashMap<>();

  private final CountDownLatch closing = new CountDownLatch(1);
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  // Guarded by the lock, all of them.
  private final RunQueue queue;
  private final List<Run> running = new ArrayList<>();
  private int threadNumbers;
  private int missingThreads;
  private int abandonedThreads;
  private int abandonedWithRequests;
  private boolean closed;

  /** The watchdog's own. */
  private long awakeSinceNanos;

  /**
   * Starts the threads, and a watchdog.
   *
   * @param exit told why the process has to end, when too many threads are stuck; must not block
   */
  public static InferenceThreads start(InferenceSettings settings, Consumer<String> exit) {
    InferenceThreads threads = new InferenceThreads(settings, System::nanoTime, exit);
    Thread watchdog = new Thread(threads::watch, "inference-watchdog");
    watchdog.setDaemon(true);
    watchdog.start();
    return threads;
  }

  /** Starts the threads without a watchdog: {@link #giveUpOverdue} is the caller's to call. */
  InferenceThreads(InferenceSettings settings, LongSupplier clock, Consumer<String> exit) {
    this(settings, clock, exit, Thread::new);
  }

  /** The same, with threads from there. */
  InferenceThreads(
      InferenceSettings settings,
      LongSupplier clock,
      Consumer<String> exit,
      ThreadFactory factory) {
    this.factory = factory;
    this.settings = settings;
    this.clock = clock;
    this.exit = exit;
    this.awakeSinceNanos = clock.getAsLong();
    this.queue = new RunQueue(settings.threads());
    this.missingThreads = settings.threads();
    startMissing();
  }

  /**
   * Starts the threads that are missing, without the lock: it may take long, or fail, as while the
   * process may have no more threads; those are missing until it is called again.
   */
  private void startMissing() {
    for (int number = takeMissing(); number >= 0; number = takeMissing()) {
      boolean started = false;
      try {
        Thread thread = factory.newThread(this::work);
        thread.setName("inference-" + number);
        thread.setDaemon(true);
        thread.start();
        started = true;
      } finally {
        if (!started) {
          isMissing();
        }
      }
    }
  }

  /** The number of a thread that is to be started; negative if none is missing. */
  private int takeMissing() {
    lock.lock();
    try {
      if (missingThreads == 0) {
        return -1;
      }
      missingThreads--;
      return threadNumbers++;
    } finally {
      lock.unlock();
    }
  }

  private void isMissing() {
    lock.lock();
    try {
      missingThreads++;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void submit(Batch batch) {
    ModelException refusal;
    lock.lock();
    try {
      refusal = refusal(batch.binding());
      if (refusal == null) {
        queue.add(batch, clock.getAsLong());
        changed.signal();
        return;
      }
    } finally {
      lock.unlock();
    }
    batch.fail(refusal);
  }

  @Override
  public void hurry() {
    lock.lock();
    try {
      changed.signal();
    } finally {
      lock.unlock();
    }
  }

  private @Nullable ModelException refusal(VersionBinding binding) {
    if (closed) {
      return closedException();
    }
    VersionQuarantinedException quarantine = binding.quarantine();
    boolean tooMany = abandonedWithRequests > settings.maxAbandonedThreads();
    return quarantine == null && tooMany && isOfRequests(binding)
        ? new VersionQuarantinedException(
            ("%d inference threads hang in runs of requests (expected: at most %d, by"
                    + " inference.max-abandoned-threads): no requests are run until one returns, or"
                    + " the process is restarted")
                .formatted(abandonedWithRequests, settings.maxAbandonedThreads()))
        : quarantine;
  }

  private static boolean isOfRequests(VersionBinding binding) {
    return binding.terms().senders() == Senders.ANYBODY;
  }

  /** What was done for a pipeline. */
  public InferenceStatistics statistics(String pipeline) {
    return statistics.computeIfAbsent(pipeline, name -> new InferenceStatistics());
  }

  /** Threads that run a batch now, without those that hang. */
  public int busyThreads() {
    lock.lock();
    try {
      return running.size();
    } finally {
      lock.unlock();
    }
  }

  /** Threads that could run one. */
  public int idleThreads() {
    return settings.threads() - busyThreads();
  }

  /** Threads that were given up on and have not returned. */
  public int abandonedThreads() {
    lock.lock();
    try {
      return abandonedThreads + abandonedWithRequests;
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    RunExecution execution = new RunExecution(this::statistics, clock);
    for (Run run = next(null); run != null; run = next(run)) {
      VersionBinding binding = run.binding();
      VersionQuarantinedException quarantine = binding.quarantine();
      if (quarantine != null) {
        run.fail(quarantine);
        continue;
      }
      try {
        long started = clock.getAsLong();
        execution.compute(run);
        if (run.isComputed()) {
          int size = binding.sizes().padded(run.rows());
          binding.terms().plan().ran(binding.epoch(), size, clock.getAsLong() - started);
        }
      } catch (Throwable e) {
        // Such as too little memory for the accounts of a run: nobody would replace the thread.
        log.error("an inference thread failed, and goes on version={}", binding, e);
        run.fail(e);
      }
    }
  }

  /**
   * Ends a thread's run and waits for its next one.
   *
   * @return nothing if the thread has to end
   */
  private @Nullable Run next(@Nullable Run ended) {
    lock.lock();
    try {
      if (ended != null) {
        if (!running.remove(ended)) {
          // Given up on: another thread has taken this one's place.
          count(ended, -1);
          log.warn("a run that was given up on has returned version={}", ended.binding());
          return null;
        }
        queue.ended(ended, clock.getAsLong());
      }
      while (!closed) {
        long now = clock.getAsLong();
        Run run = queue.take(now);
        if (run != null) {
          running.add(run);
          if (queue.hasWaiting()) {
            changed.signal();
          }
          return run;
        }
        try {
          // What waits may be let go by time alone, such as when another's run is overdue.
          long most = queue.hasWaiting() ? LOOK_NANOS : Long.MAX_VALUE;
          long unused = changed.awaitNanos(Math.min(most, queue.nanosHeld(now)));
        } catch (InterruptedException e) {
          // Nobody interrupts these threads, and a stray interrupt is no reason to serve no more.
          log.warn("an inference thread was interrupted, and goes on");
        }
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  private void watch() {
    long looked = clock.getAsLong();
    try {
      while (!closing.await(WATCH_MILLIS, TimeUnit.MILLISECONDS)) {
        long now = clock.getAsLong();
        if (now - looked > STOPPED_NANOS) {
          resumed();
        }
        looked = now;
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Without the watchdog a run that hangs would be waited for without end. */
  private void look() {
    try {
      giveUpOverdue();
    } catch (RuntimeException | Error e) {
      log.error("the watchdog of the inference threads failed, and goes on", e);
    }
  }

  /**
   * The process was stopped until now, by a signal or with its machine: what went by meanwhile is
   * held against no run.
   */
  void resumed() {
    awakeSinceNanos = clock.getAsLong();
  }

  /** Gives up on the runs that are past their deadline. */
  void giveUpOverdue() {
    List<Batch> unrun = new ArrayList<>();
    List<VersionQuarantinedException> reasons = new ArrayList<>();
    boolean tooMany;
    lock.lock();
    try {
      long now = clock.getAsLong();
      for (Run run : List.copyOf(running)) {
        long nanos = Math.min(run.nanosWithModel(now), now - awakeSinceNanos);
        if (nanos > deadlines(run).run().toNanos()) {
          VersionQuarantinedException reason = hangs(run, now);
          reasons.add(reason);
          abandon(run, reason);
          unrun.addAll(queue.removeAll(run.binding()));
        }
      }
      tooMany = !reasons.isEmpty() && abandonedThreads > settings.maxAbandonedThreads();
    } finally {
      lock.unlock();
    }
    unrun.forEach(batch -> batch.fail(quarantineOf(batch)));
    reasons.forEach(reason -> log.error("{}", reason.getMessage()));
    if (tooMany) {
      exit.accept(
          "more inference threads hang in native code than inference.max-abandoned-threads: "
              + settings.maxAbandonedThreads()
              + " allows. A native run cannot be cut, so the process ends; the last was: "
              + reasons.get(reasons.size() - 1).getMessage());
    }
    startMissing();
  }

  private static Deadlines deadlines(Run run) {
    return run.binding().terms().deadlines();
  }

  private static VersionQuarantinedException quarantineOf(Batch batch) {
    return Objects.requireNonNull(batch.binding().quarantine());
  }

  /** Under the lock. */
  private void abandon(Run run, VersionQuarantinedException reason) {
    run.binding().quarantine(reason);
    run.giveUp(reason);
    running.remove(run);
    queue.givenUp(run);
    count(run, 1);
    missingThreads++;
  }

  /** A thread is stuck, or is not any more. Under the lock. */
  private void count(Run run, int change) {
    if (isOfRequests(run.binding())) {
      abandonedWithRequests += change;
    } else {
      abandonedThreads += change;
    }
  }

  private static VersionQuarantinedException hangs(Run run, long now) {
    VersionBinding binding = run.binding();
    Deadlines deadlines = deadlines(run);
    return new VersionQuarantinedException(
        ("pipeline %s, version %s: a run of %d rows has not returned for %d ms (expected: within %d"
                + " ms, by %s). It cannot be cut, so its thread is abandoned and the version is not"
                + " run any more: promote another version, or raise %s if the model is slow and"
                + " restart")
            .formatted(
                binding.terms().pipeline(),
                binding,
                run.rows(),
                TimeUnit.NANOSECONDS.toMillis(run.nanosWithModel(now)),
                deadlines.run().toMillis(),
                deadlines.runKey(),
                deadlines.runKey()));
  }

  /** Ends the threads once they have finished what they run; what still waits fails. */
  @Override
  public void close() {
    List<Batch> unrun;
    closing.countDown();
    lock.lock();
    try {
      closed = true;
      unrun = queue.removeAll();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    unrun.forEach(batch -> batch.fail(closedException()));
  }

  private static ModelException closedException() {
    return new ModelException("the inference threads are closed");
  }
}
