package io.penstock.pipeline;

import java.util.concurrent.atomic.LongAdder;

/** What a pipeline has done since it started, over all its stream threads. Thread-safe. */
public final class PipelineStatistics {

  private final LongAdder admitted = new LongAdder();
  private final LongAdder left = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder batchedRows = new LongAdder();

  void admitted() {
    admitted.increment();
  }

  /** Records left: their outcomes were forwarded, or their task was closed without them. */
  void left(int records) {
    left.add(records);
  }

  void sealed(int rows) {
    batches.increment();
    batchedRows.add(rows);
  }

  /** Records taken from the input. */
  long admittedRecords() {
    return admitted.sum();
  }

  /** Records between input and outcome now. */
  public long inFlightRecords() {
    return Math.max(0, admitted.sum() - left.sum());
  }

  /** Batches handed to the inference threads. */
  public long batches() {
    return batches.sum();
  }

  /** Rows in those batches. */
  public long batchedRows() {
    return batchedRows.sum();
  }
}
