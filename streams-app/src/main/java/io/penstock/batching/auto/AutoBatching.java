package io.penstock.batching.auto;

import io.penstock.batching.plan.BatchPlan;
import io.penstock.batching.plan.BatchTarget;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The batches of one pipeline, tuned by what its runs take and what waits for it. Inference threads
 * tell it of runs, stream threads of what waits; stream threads read its {@link #target}.
 *
 * <p>Thread-safe. Its monitor guards samples and tuning, and nothing is called under it. Whichever
 * stream thread comes first takes the next step, ten a second.
 */
public final class AutoBatching implements BatchPlan {

  private static final Logger log = LoggerFactory.getLogger(AutoBatching.class);

  static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final String pipeline;
  private final BatchTuner tuner;
  private final RunSamples samples;
  private final Map<Object, Waiting> waiting = new ConcurrentHashMap<>();
  private final AtomicBoolean reassigned = new AtomicBoolean();
  private final AtomicLong nextStepNanos;
  private Tuning tuning;
  private volatile BatchTarget target;

  /** What waits in the partitions of one stream thread. */
  private record Waiting(Object partitions, long records) {}

  /**
   * @param pipeline its name, for the log
   * @param nowNanos by the monotonic clock of all later calls
   */
  public AutoBatching(String pipeline, TuningLimits limits, long nowNanos) {
    this.pipeline = pipeline;
    this.tuner = new BatchTuner(limits);
    this.samples = new RunSamples(limits);
    this.tuning = tuner.start(new Load.Observation(nowNanos, 0, 0, 0, false));
    this.target = tuning.target();
    this.nextStepNanos = new AtomicLong(nowNanos + STEP_NANOS);
  }

  @Override
  public BatchTarget target() {
    return target;
  }

  @Override
  public synchronized void ran(long epoch, int rows, long nanos) {
    samples.ran(epoch, rows, nanos);
  }

  @Override
  public void waits(Object thread, Object partitions, long records) {
    Waiting before = waiting.put(thread, new Waiting(partitions, records));
    if (before == null || !before.partitions().equals(partitions)) {
      reassigned.set(true);
    }
  }

  @Override
  public void left(Object thread) {
    if (waiting.remove(thread) != null) {
      reassigned.set(true);
    }
  }

  @Override
  public boolean isTuned() {
    return true;
  }

  @Override
  public void step(long nowNanos, long taken, long inFlight) {
    long due = nextStepNanos.get();
    if (nowNanos - due < 0 || !nextStepNanos.compareAndSet(due, nowNanos + STEP_NANOS)) {
      return;
    }
    boolean comparable = !reassigned.getAndSet(false);
    long records = waiting.values().stream().mapToLong(Waiting::records).sum();
    if (decide(new Load.Observation(nowNanos, taken, records, inFlight, comparable))) {
      BatchTarget decided = target;
      log.info(
          "batches pipeline={} rows={} lingerMillis={} reason={}",
          pipeline,
          decided.rows(),
          decided.lingerNanos() / 1e6,
          decided.reason());
    }
  }

  /** Whether that changed its mind. */
  private synchronized boolean decide(Load.Observation seen) {
    Tuning next = tuner.next(tuning, seen, samples.curve());
    boolean changed = next.changes() > tuning.changes();
    tuning = next;
    target = next.target();
    return changed;
  }

  /** How often it has changed its mind; sizes that were tried on the way do not count. */
  public synchronized int changes() {
    return tuning.changes();
  }
}
