package io.penstock.inference.schedule;

import io.penstock.batching.Batch;
import io.penstock.batching.VersionBinding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;

/**
 * What waits of one pipeline, in the order of sealing, and the virtual time that its runs have
 * brought it to: their measured time, divided by the pipeline's share. Not thread-safe.
 */
final class PipelineQueue {

  private static final double UNKNOWN = -1;

  private final List<Batch> waiting = new ArrayList<>();
  private final Map<VersionBinding, RunTimes> times = new WeakHashMap<>();
  private double virtualNanos;
  private double latestRunNanos = UNKNOWN;
  private int running;
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

  /** Whether anything waits that is not held for others to run with. */
  boolean isReady(long now) {
    for (Batch batch : waiting) {
      if (!batch.isHeld(now)) {
        return true;
      }
    }
    return false;
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

  /** Whether its turn comes before another's. */
  boolean isBefore(PipelineQueue other) {
    return turnNanos() < other.turnNanos();
  }

  /** Its virtual time, less what it may overtake others by for a commit. */
  private double turnNanos() {
    for (Batch batch : waiting) {
      if (batch.isUrgent()) {
        return virtualNanos - RunQueue.OVERTAKING_NANOS / (double) share(batch);
      }
    }
    return virtualNanos;
  }

  private static int share(Batch batch) {
    return batch.binding().terms().share();
  }

  /** Whether it has had anything to run lately. */
  boolean isActive(long now, long memoryNanos) {
    return running > 0 || !waiting.isEmpty() || now - lastSeenNanos < memoryNanos;
  }

  /** How long its latest run took; negative before the first. */
  double latestRunNanos() {
    return latestRunNanos;
  }

  /** How long its next run is expected to take; negative if nothing is known. */
  double expectedNanos(long now) {
    Batch next = next(now);
    return times(next.binding()).expected(next.rows(), latestRunNanos);
  }

  /** Takes the next batch and whatever can run with it. */
  Run take(boolean isLong, long now) {
    Batch next = next(now);
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
    running++;
    return run;
  }

  /** The oldest batch that a commit waits for, or else the oldest that is not held. */
  private Batch next(long now) {
    Batch next = null;
    for (Batch batch : waiting) {
      if (batch.isUrgent()) {
        return batch;
      }
      if (next == null && !batch.isHeld(now)) {
        next = batch;
      }
    }
    return next == null ? waiting.get(0) : next;
  }

  /** One of its runs has ended: what it was charged beforehand becomes what it took. */
  void ended(Run run, long now) {
    long took = now - run.startedNanos();
    charge(run, took - run.chargedNanos());
    times(run.binding()).ran(run.rows(), took);
    latestRunNanos = took;
    lastSeenNanos = now;
    running--;
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
