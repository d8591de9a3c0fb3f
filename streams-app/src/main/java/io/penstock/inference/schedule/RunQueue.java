package io.penstock.inference.schedule;

import io.penstock.batching.Batch;
import io.penstock.batching.VersionBinding;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The batches that wait for an inference thread, and which of them run next.
 *
 * <ol>
 *   <li><b>Pipelines take turns by weight:</b> next is the one with the least virtual time, which
 *       is what its runs took, divided by its share. One that had nothing waiting does not save up
 *       (start-time fair queueing: Goyal, Vin, Cheng, SIGCOMM 1996; several threads, and charged as
 *       expected at the start, as measured at the end).
 *   <li><b>What a commit waits for goes first</b> in its pipeline, and before others' by so much
 *       time: a pipeline that commits all the time gets no more than its share.
 *   <li><b>Long runs leave one thread to others:</b> while another pipeline is at work whose runs
 *       are much shorter, those of a slow model never have all the threads. A native run cannot be
 *       cut, so this is what bounds the short ones' wait.
 *   <li><b>What can run together does:</b> a batch takes along whatever waits of the same version
 *       and row shape, up to the most rows of a batch. One that is held, since others leave with
 *       it, waits for these; what a commit waits for does so only while no other pipeline waits.
 *   <li><b>A version that may hang costs one thread:</b> while a run of it is overdue, none of its
 *       others is started in that pipeline.
 * </ol>
 *
 * <p>Not thread-safe.
 */
public final class RunQueue {

  /** A run that is expected to take longer is long, if it is much longer than another's. */
  static final long LONG_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** This many times longer. */
  static final int LONG_FACTOR = 10;

  /** A pipeline is at work for so long after its latest batch: streams pause. */
  static final long ACTIVE_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** By so much of its runs' time may a pipeline be ahead of others for the sake of a commit. */
  static final long OVERTAKING_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private final int threads;
  private final Map<String, PipelineQueue> pipelines = new LinkedHashMap<>();
  private double virtualNanos;
  private int longRuns;

  /**
   * @param threads how many runs there are at a time
   */
  public RunQueue(int threads) {
    this.threads = threads;
  }

  /** A batch waits. */
  public void add(Batch batch, long now) {
    String pipeline = batch.binding().terms().pipeline();
    pipelines.computeIfAbsent(pipeline, name -> new PipelineQueue()).add(batch, virtualNanos, now);
  }

  /**
   * Takes what runs next; nothing if nothing waits, or all that waits is held, has to leave the
   * thread to others, or waits for an overdue run.
   */
  public @Nullable Run take(long now) {
    boolean compete = doSeveralWait();
    PipelineQueue.Turn next = null;
    double leastVirtualNanos = Double.MAX_VALUE;
    for (PipelineQueue pipeline : pipelines.values()) {
      PipelineQueue.Turn turn = pipeline.turn(now, compete);
      if (turn != null && !mustLeaveTheThread(turn, now)) {
        leastVirtualNanos = Math.min(leastVirtualNanos, pipeline.virtualNanos());
        if (next == null || turn.nanos() < next.nanos()) {
          next = turn;
        }
      }
    }
    if (next == null) {
      return null;
    }
    virtualNanos = Math.max(virtualNanos, leastVirtualNanos);
    Run run = next.pipeline().take(next.batch(), isLong(next, now), now);
    if (run.isLong()) {
      longRuns++;
    }
    return run;
  }

  private boolean doSeveralWait() {
    int waiting = 0;
    for (PipelineQueue pipeline : pipelines.values()) {
      if (pipeline.hasWaiting()) {
        waiting++;
      }
    }
    return waiting > 1;
  }

  private boolean mustLeaveTheThread(PipelineQueue.Turn turn, long now) {
    return threads > 1 && longRuns - overdueLongRuns(now) >= threads - 1 && isLong(turn, now);
  }

  /** Those that may hang, for which other slow pipelines do not wait. */
  private int overdueLongRuns(long now) {
    int overdue = 0;
    for (PipelineQueue pipeline : pipelines.values()) {
      overdue += pipeline.overdueLongRuns(now);
    }
    return overdue;
  }

  /** A pipeline that has run nothing yet may turn out to be either. */
  private boolean isLong(PipelineQueue.Turn turn, long now) {
    double shortest = Double.MAX_VALUE;
    for (PipelineQueue other : pipelines.values()) {
      if (other != turn.pipeline() && other.isActive(now, ACTIVE_NANOS)) {
        shortest = Math.min(shortest, Math.max(0, other.latestRunNanos()));
      }
    }
    if (shortest == Double.MAX_VALUE) {
      return false;
    }
    double expected = turn.expectedNanos();
    return expected < 0 || (expected > LONG_NANOS && expected >= LONG_FACTOR * shortest);
  }

  /** A run has ended. */
  public void ended(Run run, long now) {
    pipelineOf(run).ended(run, now);
    leave(run);
  }

  /** A run was given up on: another thread takes the place of the one that it has. */
  public void givenUp(Run run) {
    pipelineOf(run).givenUp(run);
    leave(run);
  }

  private PipelineQueue pipelineOf(Run run) {
    PipelineQueue pipeline = pipelines.get(run.binding().terms().pipeline());
    if (pipeline == null) {
      throw new IllegalArgumentException("a run of another queue: " + run.binding());
    }
    return pipeline;
  }

  private void leave(Run run) {
    if (run.isLong()) {
      longRuns--;
    }
  }

  /**
   * After how long to ask again, though nothing was added or has ended: then something is held no
   * longer. {@link Long#MAX_VALUE} if nothing is.
   */
  public long nanosHeld(long now) {
    long held = Long.MAX_VALUE;
    for (PipelineQueue pipeline : pipelines.values()) {
      held = Math.min(held, pipeline.nanosHeld(now));
    }
    return held;
  }

  /** Whether anything waits. */
  public boolean hasWaiting() {
    return pipelines.values().stream().anyMatch(PipelineQueue::hasWaiting);
  }

  /** Takes out everything that waits for that version. */
  public List<Batch> removeAll(VersionBinding binding) {
    PipelineQueue pipeline = pipelines.get(binding.terms().pipeline());
    return pipeline == null ? List.of() : pipeline.removeAll(binding);
  }

  /** Takes out everything that waits. */
  public List<Batch> removeAll() {
    List<Batch> removed = new ArrayList<>();
    pipelines.values().forEach(pipeline -> removed.addAll(pipeline.removeAll()));
    return removed;
  }
}
