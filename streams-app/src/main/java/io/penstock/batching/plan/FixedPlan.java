package io.penstock.batching.plan;

/** A plan that stays as it is. Immutable. */
record FixedPlan(BatchTarget target) implements BatchPlan {

  @Override
  public boolean isTuned() {
    return false;
  }

  @Override
  public void ran(long epoch, int rows, long nanos) {}

  @Override
  public void waits(Object thread, Object partitions, long records) {}

  @Override
  public void left(Object thread) {}

  @Override
  public void step(long nowNanos, long taken, long inFlight) {}
}
