package io.penstock.inference;

import java.util.concurrent.atomic.LongAdder;

/** What inference threads have done for one pipeline since the process started. Thread-safe. */
public final class InferenceStatistics {

  private final LongAdder runs = new LongAdder();
  private final LongAdder batches = new LongAdder();
  private final LongAdder rows = new LongAdder();
  private final LongAdder paddingRows = new LongAdder();
  private final LongAdder searchRuns = new LongAdder();
  private volatile Listener listener = Listener.NOBODY;

  /** Hears of single times, which are not kept here. On inference threads: must not block. */
  public interface Listener {

    /** Nobody listens. */
    Listener NOBODY =
        new Listener() {
          @Override
          public void passed(Stage stage, long nanos) {}

          @Override
          public void ran(int rows, long nanos) {}
        };

    /** A batch or a run has been through a stage of its way. */
    void passed(Stage stage, long nanos);

    /** A run has ended, predictions written. */
    void ran(int rows, long nanos);
  }

  /** The way of a batch, and from {@link #LAY_OUT} on of the run that it is a part of. */
  public enum Stage {
    /** From its first row to its being sealed: decoding, and waiting for more rows. */
    GATHER,
    /** From there to its run. */
    QUEUE,
    /** Rows become the columns that the model is given. */
    LAY_OUT,
    /** The model computes, also in search of rows that fail. */
    MODEL,
    /** Outputs become predictions. */
    ENCODE
  }

  /** Tells that one of single times, and nobody else any more. */
  public void tell(Listener next) {
    listener = next;
  }

  Listener listener() {
    return listener;
  }

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
