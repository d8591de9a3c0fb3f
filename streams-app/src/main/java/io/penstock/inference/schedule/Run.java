package io.penstock.inference.schedule;

import io.penstock.batching.Batch;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * Sealed batches of one version and one row shape that are computed as one: its rows are theirs,
 * one batch after the other. What becomes of a row goes to the batch that it is of.
 *
 * <p>Belongs to the inference thread that runs it. Any thread may look how long the model has had
 * it, and give up on it: its batches fail then, and what the model still returns is never read.
 */
public final class Run {

  private static final long NOT_WITH_THE_MODEL = Long.MIN_VALUE;

  private final List<Batch> batches;
  private final int[] firstRows;
  private final int rows;
  private final long startedNanos;
  private final double chargedNanos;
  private final boolean isLong;
  private volatile long withModelSince = NOT_WITH_THE_MODEL;
  private volatile boolean givenUp;
  private boolean computed;

  /** A run of those batches, outside of any queue. */
  public Run(List<Batch> batches) {
    this(batches, 0, 0, false);
  }

  /**
   * @param chargedNanos how long it is expected to take
   * @param isLong whether it counts as one of those that must leave a thread to others
   */
  Run(List<Batch> batches, long startedNanos, double chargedNanos, boolean isLong) {
    this.batches = List.copyOf(batches);
    this.firstRows = new int[batches.size()];
    int count = 0;
    for (int i = 0; i < firstRows.length; i++) {
      firstRows[i] = count;
      count += batches.get(i).rows();
    }
    this.rows = count;
    this.startedNanos = startedNanos;
    this.chargedNanos = chargedNanos;
    this.isLong = isLong;
  }

  /** The version that computes it. */
  public VersionBinding binding() {
    return batches.get(0).binding();
  }

  /** The same, as leased by its first batch. */
  public ServableVersion version() {
    return batches.get(0).lease().version();
  }

  /** How many batches it joins. */
  public int batches() {
    return batches.size();
  }

  /** How many rows they have together. */
  public int rows() {
    return rows;
  }

  long startedNanos() {
    return startedNanos;
  }

  double chargedNanos() {
    return chargedNanos;
  }

  boolean isLong() {
    return isLong;
  }

  /** The columns of its first batch: all there is where it joins no others. */
  public Rows firstInputs() {
    return batches.get(0).inputs();
  }

  /** Tells how long each batch has gathered, and then waited to be run. */
  public void eachWait(long now, LongConsumer gatheredNanos, LongConsumer queuedNanos) {
    for (Batch batch : batches) {
      gatheredNanos.accept(batch.sealedNanos() - batch.openedNanos());
      queuedNanos.accept(now - batch.sealedNanos());
    }
  }

  /** Copies some of its rows to the beginning of columns of the same row shape. */
  public void copyInputs(int from, int to, Rows target) {
    for (int row = from; row < to; row++) {
      int index = batchOf(row);
      batches.get(index).inputs().copyRow(row - firstRows[index], target, row - from);
    }
  }

  /** What was copied of a row's record for its prediction. */
  public byte[] copied(int row) {
    int index = batchOf(row);
    return batches.get(index).copied(row - firstRows[index]);
  }

  /** A row was computed. */
  public void predict(int row, byte[] prediction) {
    int index = batchOf(row);
    batches.get(index).predict(row - firstRows[index], prediction);
  }

  /** A row cannot be computed. */
  public void fail(int row, RowFailure failure) {
    int index = batchOf(row);
    batches.get(index).fail(row - firstRows[index], failure);
  }

  private int batchOf(int row) {
    int index = batches.size() - 1;
    while (row < firstRows[index]) {
      index--;
    }
    return index;
  }

  /** Every row has a prediction or a failure. */
  public void complete() {
    computed = true;
    batches.forEach(Batch::complete);
  }

  /** Whether the model has done its work, so that the run says how long runs take. */
  public boolean isComputed() {
    return computed;
  }

  /** The model is to blame. */
  public void fail(Throwable cause) {
    batches.forEach(batch -> batch.fail(cause));
  }

  /** The model is about to run it, or a part of it. */
  public void enterModel(long nowNanos) {
    withModelSince = nowNanos;
  }

  /** The model has returned. */
  public void leaveModel() {
    withModelSince = NOT_WITH_THE_MODEL;
  }

  /** How long the model has had it without returning; 0 if it has not. */
  public long nanosWithModel(long nowNanos) {
    long since = withModelSince;
    return since == NOT_WITH_THE_MODEL ? 0 : nowNanos - since;
  }

  /** Fails its batches though the model still runs; their leases stay until it returns. */
  public void giveUp(Throwable cause) {
    givenUp = true;
    batches.forEach(batch -> batch.giveUp(cause));
  }

  /** Whether nothing that it still does will be read. */
  public boolean isGivenUp() {
    return givenUp || areAllUnread();
  }

  private boolean areAllUnread() {
    for (Batch batch : batches) {
      if (!batch.isUnread()) {
        return false;
      }
    }
    return true;
  }
}
