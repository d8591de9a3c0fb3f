package io.penstock.inference;

import io.penstock.batching.Batch;
import io.penstock.batching.Inference;
import java.util.ArrayDeque;
import java.util.Queue;

/** Computes sealed batches when the test says so, on the test's thread. */
public final class ManualInference implements Inference {

  private final Queue<Batch> sealed = new ArrayDeque<>();
  private final BatchRun run = new BatchRun();

  @Override
  public void submit(Batch batch) {
    sealed.add(batch);
  }

  public int sealed() {
    return sealed.size();
  }

  /** Computes the oldest sealed batch and returns how many rows it had. */
  public int runOne() {
    Batch batch = sealed.remove();
    run.run(batch);
    return batch.rows();
  }

  public void runAll() {
    while (!sealed.isEmpty()) {
      runOne();
    }
  }
}
