package io.penstock.inference;

import io.penstock.batching.Batch;
import io.penstock.batching.Inference;
import io.penstock.inference.schedule.Run;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/** Computes sealed batches when the test says so, each alone, on the test's thread. */
public final class ManualInference implements Inference {

  private final Queue<Batch> sealed = new ArrayDeque<>();
  private final InferenceStatistics statistics = new InferenceStatistics();
  private final RunExecution execution = new RunExecution(pipeline -> statistics, () -> 0);

  @Override
  public void submit(Batch batch) {
    sealed.add(batch);
  }

  public int sealed() {
    return sealed.size();
  }

  /** The oldest sealed batch, to be computed by other means. */
  Batch take() {
    return sealed.remove();
  }

  /** Computes the oldest sealed batch and returns how many rows it had. */
  public int runOne() {
    return run(List.of(sealed.remove()));
  }

  /** Computes all sealed batches as one. */
  int runTogether() {
    List<Batch> batches = List.copyOf(sealed);
    sealed.clear();
    return run(batches);
  }

  private int run(List<Batch> batches) {
    Run run = new Run(batches);
    execution.compute(run);
    return run.rows();
  }

  public void runAll() {
    while (!sealed.isEmpty()) {
      runOne();
    }
  }

  InferenceStatistics statistics() {
    return statistics;
  }
}
