package io.penstock.batching;

import io.penstock.model.Lease;
import io.penstock.model.Rows;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one version that are computed together, and what became of each.
 *
 * <pre>
 *           seal()              complete()
 *   OPEN ───────────▶ SEALED ───────────────▶ DONE     every row has a prediction or a failure
 *                        │      fail()
 *                        └──────────────────▶ FAILED   the model is to blame: no row has either
 * </pre>
 *
 * <p>Fields belong to the owning stream thread while OPEN, to one inference thread while SEALED,
 * and to the owner again once DONE or FAILED. The write of {@code state} publishes them.
 */
public final class Batch {

  private enum State {
    OPEN,
    SEALED,
    DONE,
    FAILED
  }

  private final Thread owner = Thread.currentThread();
  private final VersionBinding binding;
  private final Lease lease;
  private final InFlight inFlight;
  private final long openedNanos;

  private int rows;
  private long valueBytes;
  private long bytes;
  private @Nullable Rows inputs;
  private byte[] @Nullable [] predictions = new byte[0][];
  private @Nullable RowFailure[] failures = new RowFailure[0];
  private @Nullable Throwable failure;
  private volatile State state = State.OPEN;

  Batch(VersionBinding binding, Lease lease, InFlight inFlight, long openedNanos) {
    this.binding = binding;
    this.lease = lease;
    this.inFlight = inFlight;
    this.openedNanos = openedNanos;
  }

  /** The version that computes this batch. */
  public VersionBinding binding() {
    return binding;
  }

  /** Whether the rows' outcomes can be read. */
  public boolean isFinished() {
    State now = state;
    return now == State.DONE || now == State.FAILED;
  }

  /** Why the whole batch failed, if it did; only once finished. */
  public @Nullable Throwable failure() {
    return failure;
  }

  /** A row's prediction, or null if the row has a failure; only once finished. */
  public byte @Nullable [] prediction(int row) {
    return predictions[row];
  }

  /** A row's failure, or null if it has a prediction; only once finished. */
  public @Nullable RowFailure rowFailure(int row) {
    return failures[row];
  }

  /** The rows' inputs; the inference thread's to read while sealed. */
  public Rows inputs() {
    if (inputs == null) {
      throw new IllegalStateException("batch is " + state + " (expected: " + State.SEALED + ")");
    }
    return inputs;
  }

  /** Keeps the version loaded until the batch is finished. */
  public Lease lease() {
    return lease;
  }

  /** How many rows it has. */
  public int rows() {
    return rows;
  }

  /** Bytes of its record values, or of its input columns where these are more. */
  long bytes() {
    return bytes;
  }

  long openedNanos() {
    return openedNanos;
  }

  /**
   * Takes the row that was just decoded, and returns its index.
   *
   * @param recordBytes bytes of the record's value
   * @param columnBytes bytes of the batch's input columns with that row
   */
  int take(int recordBytes, long columnBytes) {
    valueBytes += recordBytes;
    long now = Math.max(valueBytes, columnBytes);
    inFlight.take(now - bytes);
    bytes = now;
    return rows++;
  }

  /** Hands the batch over, its rows laid out in those columns. */
  void seal(Rows laidOut) {
    expect(State.OPEN);
    inputs = laidOut;
    predictions = new byte[rows][];
    failures = new RowFailure[rows];
    state = State.SEALED;
  }

  /** Gives up an open batch: it is not run. */
  void discard() {
    expect(State.OPEN);
    lease.close();
    inFlight.giveBack(bytes);
  }

  /** A row was computed. On the inference thread. */
  public void predict(int row, byte[] prediction) {
    predictions[row] = prediction;
  }

  /** A row cannot be computed. On the inference thread. */
  public void fail(int row, RowFailure rowFailure) {
    failures[row] = rowFailure;
  }

  /** Every row has a prediction or a failure: hands the batch back. On the inference thread. */
  public void complete() {
    finish(State.DONE);
  }

  /** The model is to blame: hands the batch back. On the inference thread. */
  public void fail(Throwable cause) {
    failure = cause;
    finish(State.FAILED);
  }

  private void finish(State end) {
    expect(State.SEALED);
    lease.close();
    inFlight.giveBack(bytes);
    state = end;
    LockSupport.unpark(owner);
  }

  private void expect(State expected) {
    if (state != expected) {
      throw new IllegalStateException("batch is " + state + " (expected: " + expected + ")");
    }
  }
}
