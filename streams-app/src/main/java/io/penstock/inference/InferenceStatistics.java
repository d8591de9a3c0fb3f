package io.penstock.inference;

import java.util.concurrent.atomic.LongAdder;

/** What inference threads have done for one pipeline since the process started. Thread-safe. */
public final class InferenceStatistics {

  private final LongAdder runs = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder paddingRows = new LongAdder();
  private final LongAdder searchRuns = new LongAdder();

  void computed(int joinedBatches, int computedRows) {
    runs.increment();
    batches.add(joinedBatches);
    rows.add(computedRows);
  }

  void padded(int addedRows) {
    paddingRows.add(addedRows);
  }

  void searched() {
    searchRuns.increment();
  }

  /** Runs, each of one batch or several that were joined. */
  public long runs() {
    return runs.sum();
  }

  /** Batches in those runs. */
  public long batches() {
    return batches.sum();
  }

  /** Rows in those batches. */
  public long rows() {
    return rows.sum();
  }

  /** Rows per run; 0 before the first. */
  public double averageRows() {
    long ended = runs.sum();
    return ended == 0 ? 0 : (double) rows.sum() / ended;
  }

  /** Rows that were added to reach an allowed size. */
  public long paddingRows() {
    return paddingRows.sum();
  }

  /** Times that a batch was run again in search of the rows that fail it. */
  public long searchRuns() {
    return searchRuns.sum();
  }
}
