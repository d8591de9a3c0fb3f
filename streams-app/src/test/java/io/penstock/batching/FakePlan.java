package io.penstock.batching;

import io.penstock.batching.plan.BatchPlan;
import io.penstock.batching.plan.BatchTarget;
import java.util.ArrayList;
import java.util.List;

/** A plan that a test changes as it likes, and that remembers what it is told. */
public final class FakePlan implements BatchPlan {

  private final List<Integer> runs = new ArrayList<>();
  private BatchTarget target;
  private int lateCommits;

  public FakePlan(int rows, long lingerNanos) {
    target = target(rows, lingerNanos);
  }

  /** From now on batches are to be like that. */
  public void aimAt(int rows, long lingerNanos) {
    target = target(rows, lingerNanos);
  }

  private static BatchTarget target(int rows, long lingerNanos) {
    return new BatchTarget(rows, lingerNanos, 4 * rows, "a test");
  }

  /** The rows of each run. */
  public synchronized List<Integer> runs() {
    return List.copyOf(runs);
  }

  /** How often a commit was late. */
  public int lateCommits() {
    return lateCommits;
  }

  @Override
  public void late() {
    lateCommits++;
  }

  @Override
  public BatchTarget target() {
    return target;
  }

  @Override
  public boolean isTuned() {
    return true;
  }

  @Override
  public synchronized void ran(long epoch, int rows, long nanos) {
    runs.add(rows);
  }

  @Override
  public void waits(Object thread, Object partitions, long records) {}

  @Override
  public void left(Object thread) {}

  @Override
  public void step(long nowNanos, long taken, long inFlight) {}
}
