package io.penstock.batching;

import io.penstock.batching.departure.Departure;
import io.penstock.batching.shape.RowShape;
import io.penstock.codec.FieldCopier;
import io.penstock.model.Lease;
import io.penstock.model.Rows;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one version that are computed together, and what became of each.
 *
 * <pre>
 *           seal()              complete()
 *   OPEN ───────────▶ SEALED ───────────────▶ DONE     every row has a prediction or a failure
 *                        │  fail(), giveUp()
 *                        └──────────────────▶ FAILED   the model is to blame: no row has either
 * </pre>
 *
 * <p>A batch finishes once: whoever comes second finds it finished and changes nothing. That is how
 * the late result of a run that was given up on is never read. Its lease is another matter: it is
 * given back by whoever ran the batch, once the run has returned, since a session must not be
 * closed under one.
 *
 * <p>Fields belong to the owning stream thread while OPEN, to one inference thread while SEALED,
 * and to the owner again once DONE or FAILED. The change of {@code state} publishes them.
 */
public final class Batch {

  private sealed interface State permits Phase, Failed {}

  private enum Phase implements State {
    OPEN,
    SEALED,
    DONE
  }

  /** The reason is a part of the state, so that only the first one counts. */
  private record Failed(Throwable cause) implements State {}

  private record Kind(VersionBinding binding, RowShape shape) {}

  private final Thread owner = Thread.currentThread();
  private final VersionBinding binding;
  private final Lease lease;
  private final @Nullable RowShape shape;
  private final InFlight inFlight;
  private final long openedNanos;

  private long sealedNanos;
  private int rows;
  private long valueBytes;
  private long columnBytes;
  private long copiedBytes;
  private long bytes;
  private byte[][] copies = new byte[0][];
  private @Nullable Rows inputs;
  private byte[] @Nullable [] predictions = new byte[0][];
  private @Nullable RowFailure[] failures = new RowFailure[0];
  private volatile boolean urgent;
  private volatile boolean unread;
  private @Nullable Departure departure;
  private final AtomicReference<State> state = new AtomicReference<>(Phase.OPEN);

  /**
   * @param shape of its first row, where rows differ
   */
  Batch(
      VersionBinding binding,
      Lease lease,
      @Nullable RowShape shape,
      InFlight inFlight,
      long openedNanos) {
    this.binding = binding;
    this.lease = lease;
    this.shape = shape;
    this.inFlight = inFlight;
    this.openedNanos = openedNanos;
  }

  /** The version that computes this batch. */
  public VersionBinding binding() {
    return binding;
  }

  /** Whether the rows' outcomes can be read. */
  public boolean isFinished() {
    State now = state.get();
    return now == Phase.DONE || now instanceof Failed;
  }

  /** Why the whole batch failed, if it did; only once finished. */
  public @Nullable Throwable failure() {
    return state.get() instanceof Failed failed ? failed.cause() : null;
  }

  /** A row's prediction, or null if the row has a failure; only once finished. */
  public byte @Nullable [] prediction(int row) {
    return predictions[row];
  }

  /** A row's failure, or null if it has a prediction; only once finished. */
  public @Nullable RowFailure rowFailure(int row) {
    return failures[row];
  }

  /** What was copied of a row's record; the inference thread's to read while sealed. */
  public byte[] copied(int row) {
    return row < copies.length ? copies[row] : FieldCopier.NOTHING;
  }

  /** The rows' inputs; the inference thread's to read while sealed. */
  public Rows inputs() {
    if (inputs == null) {
      throw new IllegalStateException("batch is " + state + " (expected: " + Phase.SEALED + ")");
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

  /** Bytes of its input columns. */
  public long columnBytes() {
    return columnBytes;
  }

  /**
   * Bytes of its record values, or of its input columns and what they have room for if more, and of
   * what was copied.
   */
  long bytes() {
    return bytes;
  }

  /** Equal for batches that may run together, as far as is known before they are laid out. */
  Object kind() {
    return shape == null ? binding : new Kind(binding, shape);
  }

  /** When its first row was taken, by the batcher's clock. */
  public long openedNanos() {
    return openedNanos;
  }

  /** When it was sealed, by the same clock; once it is. */
  public long sealedNanos() {
    return sealedNanos;
  }

  /**
   * Takes the row that was just decoded, and returns its index.
   *
   * @param recordBytes bytes of the record's value
   * @param copied what its prediction will hold of the record
   * @param columnBytesNow bytes of the batch's input columns with that row
   */
  int take(int recordBytes, byte[] copied, long columnBytesNow) {
    columnBytes = columnBytesNow;
    valueBytes += recordBytes;
    copiedBytes += copied.length;
    if (copied.length > 0) {
      if (rows >= copies.length) {
        copies = Arrays.copyOf(copies, Math.max(16, 2 * rows));
      }
      copies[rows] = copied;
    }
    inFlight.takeRow();
    count(columnBytesNow);
    return rows++;
  }

  private void count(long heldInColumns) {
    long bytesNow = Math.max(valueBytes, heldInColumns) + copiedBytes;
    inFlight.grow(bytesNow - bytes);
    bytes = bytesNow;
  }

  /**
   * Hands the batch over, its rows laid out in those columns.
   *
   * @param nowNanos by the batcher's clock
   */
  void seal(Rows laidOut, long nowNanos) {
    expectOpen();
    sealedNanos = nowNanos;
    inputs = laidOut;
    count(Math.max(columnBytes, laidOut.storageBytes()));
    predictions = new byte[rows][];
    failures = new RowFailure[rows];
    inFlight.sealed();
    state.set(Phase.SEALED);
  }

  /** Before it is sealed: it leaves with batches of other stream threads. */
  void leaveWith(Departure others) {
    departure = others;
  }

  /** Whether batches that are to run with it are on their way here, by the batcher's clock. */
  public boolean isHeld(long now) {
    Departure others = departure;
    return others != null && others.isWaiting(now);
  }

  /** For how long that is so at most; zero or less if it is not any more, or never was. */
  public long maxNanosHeld(long now) {
    Departure others = departure;
    return others == null ? 0 : others.nanosLeft(now);
  }

  /** Whether a commit waits for it. Any thread may ask. */
  public boolean isUrgent() {
    return urgent;
  }

  /** A commit waits for it. */
  void hurry() {
    urgent = true;
  }

  /**
   * Nobody will read its outcomes: its thread is dying, its partitions are lost, or whoever asked
   * has gone. On the thread that owns it, once no row can join it.
   */
  public void leave() {
    unread = true;
  }

  /** Whether no row can join it any more. */
  public boolean isSealed() {
    return state.get() != Phase.OPEN;
  }

  /** Whether nobody reads its outcomes, so that it need not be run. Any thread may ask. */
  public boolean isUnread() {
    return unread;
  }

  /** Gives up an open batch: it is not run. */
  void discard() {
    expectOpen();
    lease.close();
    inFlight.giveBack(rows, bytes);
  }

  /** A row was computed. On the inference thread. */
  public void predict(int row, byte[] prediction) {
    predictions[row] = prediction;
    failures[row] = null;
  }

  /** A row cannot be computed. On the inference thread. */
  public void fail(int row, RowFailure rowFailure) {
    predictions[row] = null;
    failures[row] = rowFailure;
  }

  /** Every row has a prediction or a failure: hands the batch back. On the inference thread. */
  public void complete() {
    lease.close();
    finish(Phase.DONE);
  }

  /** The model is to blame: hands the batch back. On the thread that ran it, or nobody did. */
  public void fail(Throwable cause) {
    lease.close();
    giveUp(cause);
  }

  /**
   * Hands the batch back as failed while it is still being run: the lease stays until that run has
   * returned and calls {@link #complete} or {@link #fail(Throwable)}, to no other effect. Any
   * thread.
   */
  public void giveUp(Throwable cause) {
    finish(new Failed(cause));
  }

  private void finish(State end) {
    if (state.compareAndSet(Phase.SEALED, end)) {
      inFlight.finished(rows, bytes);
      LockSupport.unpark(owner);
    } else if (state.get() == Phase.OPEN) {
      throw new IllegalStateException("batch is OPEN (expected: SEALED)");
    }
  }

  private void expectOpen() {
    if (state.get() != Phase.OPEN) {
      throw new IllegalStateException("batch is " + state + " (expected: " + Phase.OPEN + ")");
    }
  }
}
