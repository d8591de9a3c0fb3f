package io.penstock.inference.schedule;

import io.penstock.batching.Batch;
import io.penstock.batching.VersionBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What waits of one pipeline, in the order of sealing, and the virtual time that its runs have
 * brought it to: their measured time, divided by the pipeline's share. Not thread-safe.
 */
final class PipelineQueue {

  private static final double UNKNOWN = -1;

  private final List<Batch> waiting = new ArrayList<>();
  private final Map<VersionBinding, RunTimes> times = new WeakHashMap<>();
  private double virtualNanos;
  private final List<Run> running = new ArrayList<>();
  private double latestRunNanos = UNKNOWN;
  private long lastSeenNanos;

  /**
   * A batch was sealed.
   *
   * @param virtualNow where the others are: time in which nothing of this pipeline waited is not
   *     saved up
   */
  void add(Batch batch, double virtualNow, long now) {
    if (waiting.isEmpty()) {
      virtualNanos = Math.max(virtualNanos, virtualNow);
    }
    waiting.add(batch);
    lastSeenNanos = now;
  }

  boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * What of a pipeline is next, by a look at the clock and at its runs: who asks again may see
   * another batch, or none, since runs go on meanwhile.
   *
   * @param nanos its virtual time, less what it may overtake others by for a commit
   */
  record Turn(PipelineQueue pipeline, Batch batch, double nanos) {

    /** How long it is expected to take; negative if nothing is known. */
    double expectedNanos() {
      return pipeline.times(batch.binding()).expected(batch.rows(), pipeline.latestRunNanos);
    }
  }

  /**
   * What is next here; nothing if nothing waits that may run now.
   *
   * @param competes whether other pipelines wait, too: one of them might take the thread for long
   *     while what a commit waits for is held, so that it is not
   */
  @Nullable Turn turn(long now, boolean competes) {
    Batch next = next(now, competes);
    if (next == null) {
      return null;
    }
    return new Turn(
        this,
        next,
        next.isUrgent()
            ? virtualNanos - RunQueue.OVERTAKING_NANOS / (double) next.binding().terms().share()
            : virtualNanos);
  }

  /**
   * Whether a batch had better wait for the end of a run: one of its version is overdue, and where
   * one hangs the next may hang too, until no thread is left. A version that has ended no run yet
   * is tried with one.
   */
  private boolean isBlocked(Batch batch, long now) {
    for (Run run : running) {
      if (run.binding().id().equals(batch.binding().id())
          && times(run.binding()).isOverdue(run.nanosWithModel(now))) {
        return true;
      }
    }
    return false;
  }

  /** How many of its long runs are overdue, by what earlier ones took. */
  int overdueLongRuns(long now) {
    int overdue = 0;
    for (Run run : running) {
      RunTimes known = times(run.binding());
      if (run.isLong() && known.areKnown() && known.isOverdue(run.nanosWithModel(now))) {
        overdue++;
      }
    }
    return overdue;
  }

  /** In how long the first that waits is held no longer, whatever comes. */
  long nanosHeld(long now) {
    long held = Long.MAX_VALUE;
    for (Batch batch : waiting) {
      long left = batch.maxNanosHeld(now);
      if (left > 0) {
        held = Math.min(held, left);
      }
    }
    return held;
  }

  double virtualNanos() {
    return virtualNanos;
  }

  /** Whether it has had anything to run lately. */
  boolean isActive(long now, long memoryNanos) {
    return !running.isEmpty() || !waiting.isEmpty() || now - lastSeenNanos < memoryNanos;
  }

  /** How long its latest run took; negative before the first. */
  double latestRunNanos() {
    return latestRunNanos;
  }

  /** Takes a batch whose turn it is, and whatever can run with it. */
  Run take(Batch next, boolean isLong, long now) {
    List<Batch> together = new ArrayList<>();
    together.add(next);
    int rows = next.rows();
    long bytes = next.columnBytes();
    for (Batch batch : waiting) {
      if (batch != next
          && batch.binding() == next.binding()
          && batch.inputs().hasRowShapeOf(next.inputs())
          && batch
              .binding()
              .mayRunTogether(next.inputs(), rows + batch.rows(), bytes + batch.columnBytes())) {
        together.add(batch);
        rows += batch.rows();
        bytes += batch.columnBytes();
      }
    }
    waiting.removeAll(together);
    double expected = Math.max(0, times(next.binding()).expected(rows, latestRunNanos));
    Run run = new Run(together, now, expected, isLong);
    charge(run, expected);
    running.add(run);
    return run;
  }

  /**
   * Of those that may run, and are not held for others to run with, the oldest batch that a commit
   * waits for, or else the oldest; nothing if there is none.
   */
  private @Nullable Batch next(long now, boolean competes) {
    Batch next = null;
    for (Batch batch : waiting) {
      boolean isBetter = next == null || batch.isUrgent();
      boolean isHeld = batch.isHeld(now) && !(batch.isUrgent() && competes);
      if (isBetter && !isHeld && !isBlocked(batch, now)) {
        next = batch;
        if (batch.isUrgent()) {
          break;
        }
      }
    }
    return next;
  }

  /** One of its runs has ended: what it was charged beforehand becomes what it took. */
  void ended(Run run, long now) {
    long took = now - run.startedNanos();
    charge(run, took - run.chargedNanos());
    if (run.isComputed()) {
      times(run.binding()).ran(run.rows(), took);
      latestRunNanos = took;
    }
    lastSeenNanos = now;
    running.remove(run);
  }

  /** One of its runs was given up on: it is charged nothing, and says nothing of others. */
  void givenUp(Run run) {
    charge(run, -run.chargedNanos());
    running.remove(run);
  }

  /** Takes out everything of that version. */
  List<Batch> removeAll(VersionBinding binding) {
    List<Batch> removed = new ArrayList<>();
    for (Batch batch : waiting) {
      if (batch.binding() == binding) {
        removed.add(batch);
      }
    }
    waiting.removeAll(removed);
    return removed;
  }

  /** Takes out everything. */
  List<Batch> removeAll() {
    List<Batch> removed = List.copyOf(waiting);
    waiting.clear();
    return removed;
  }

  private void charge(Run run, double nanos) {
    virtualNanos += nanos / run.binding().terms().share();
  }

  private RunTimes times(VersionBinding binding) {
    return times.computeIfAbsent(binding, unused -> new RunTimes());
  }
}
