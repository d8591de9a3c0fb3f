package io.penstock.batching;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Gathers the rows of one stream thread into batches, across all the thread's tasks.
 *
 * <p><b>When a batch is sealed</b>, and with that handed to the inference threads: when it is full;
 * when its linger is over ({@link #tick}); when a commit needs it ({@link #sealAll}); and at once
 * when nothing of this thread is running and the stream is quiet, so that linger is a bound and not
 * a tax: while one batch runs, the next one gathers.
 *
 * <p>Not thread-safe: all calls on the stream thread that made it.
 */
public final class Batcher {

  /** A stream is quiet when as long as this has passed since its last row. */
  private static final long QUIET_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  private final BatchLimits limits;
  private final long lingerNanos;
  private final Inference inference;
  private final LongSupplier clock;
  private final IntConsumer onSeal;
  private final Map<VersionBinding, Gathering> gatherings = new HashMap<>();
  private final List<Batch> running = new ArrayList<>();
  private @Nullable VersionBinding latest;
  private long lastRowNanos;
  private int uncomputedRows;
  private long uncomputedBytes;

  /**
   * @param clock a monotonic clock in nanoseconds
   * @param onSeal told the rows of each batch that is sealed
   */
  public Batcher(BatchLimits limits, Inference inference, LongSupplier clock, IntConsumer onSeal) {
    this.limits = limits;
    this.lingerNanos = limits.linger().toNanos();
    this.inference = inference;
    this.clock = clock;
    this.onSeal = onSeal;
    this.lastRowNanos = clock.getAsLong() - QUIET_NANOS;
  }

  /** A record's place in a batch: where its outcome will be. */
  public record Row(Batch batch, int index) {}

  /**
   * Decodes a record into a batch of that version.
   *
   * @return the row taken; nothing if the version has retired meanwhile: choose again
   * @throws io.penstock.codec.UndecodableRecordException if the record is to blame; no row is taken
   * @throws io.penstock.registry.RegistryException if the registry is; no row is taken
   */
  public Optional<Row> add(VersionBinding binding, byte[] value) {
    latest = binding;
    Gathering gathering = gatherings.get(binding);
    if (gathering == null) {
      gathering = new Gathering(binding, limits.maxRows(), clock);
      gatherings.put(binding, gathering);
    }
    Batch batch = gathering.decode(value);
    if (batch == null) {
      return Optional.empty();
    }
    Row row = take(gathering, batch, Math.max(value.length, gathering.rowBytes(batch)));
    Batch surplus = gathering.surplus();
    if (surplus != null) {
      seal(gathering, surplus);
    }
    return Optional.of(row);
  }

  private Row take(Gathering gathering, Batch batch, int rowBytes) {
    long now = clock.getAsLong();
    boolean quiet = isQuiet(now);
    lastRowNanos = now;
    Row row = new Row(batch, batch.take(rowBytes));
    uncomputedRows++;
    uncomputedBytes += rowBytes;
    if (batch.isFull() || quiet) {
      seal(gathering, batch);
    }
    return row;
  }

  /** Whether as many rows or bytes are under way as the limits allow. */
  public boolean isFull() {
    if (uncomputedRows < limits.maxInFlightRows() && uncomputedBytes < limits.maxInFlightBytes()) {
      return false;
    }
    collect();
    return uncomputedRows >= limits.maxInFlightRows()
        || uncomputedBytes >= limits.maxInFlightBytes();
  }

  /** Seals what has waited long enough. To be called about every millisecond. */
  public void tick() {
    collect();
    long now = clock.getAsLong();
    boolean quiet = isQuiet(now);
    sealIf(batch -> quiet || now - batch.openedNanos() >= lingerNanos);
    if (gatherings.size() > 1) {
      forgetLeftVersions();
    }
  }

  /** Seals every open batch, and lets all that are under way go first: a commit waits for them. */
  public void sealAll() {
    sealIf(batch -> true);
    running.forEach(Batch::hurry);
  }

  /**
   * Waits until a batch of this thread is finished, or for that long; may return early. Seals the
   * open batches first when nothing is running, since nothing else would end the wait.
   */
  public void await(long nanos) {
    collect();
    if (running.isEmpty()) {
      sealIf(batch -> true);
    }
    LockSupport.parkNanos(this, nanos);
  }

  /**
   * Gives up whatever is under way: the thread is dying, or its partitions are lost. Open batches
   * give their leases back unrun; sealed ones finish unread.
   */
  public void abandon() {
    for (Gathering gathering : gatherings.values()) {
      gathering.open().forEach(batch -> batch.lease().close());
    }
    gatherings.clear();
    running.clear();
    uncomputedRows = 0;
    uncomputedBytes = 0;
  }

  private boolean isQuiet(long now) {
    return now - lastRowNanos >= QUIET_NANOS && running.isEmpty();
  }

  private void sealIf(Predicate<Batch> due) {
    for (Gathering gathering : gatherings.values()) {
      for (int i = gathering.open().size() - 1; i >= 0; i--) {
        Batch batch = gathering.open().get(i);
        if (due.test(batch)) {
          seal(gathering, batch);
        }
      }
    }
  }

  private void seal(Gathering gathering, Batch batch) {
    gathering.sealed(batch);
    running.add(batch);
    onSeal.accept(batch.rows());
    batch.seal();
    inference.submit(batch);
  }

  /** Forgets batches that have finished since, and keeps their storage for the next ones. */
  private void collect() {
    for (int i = running.size() - 1; i >= 0; i--) {
      Batch batch = running.get(i);
      if (batch.isFinished()) {
        running.remove(i);
        uncomputedRows -= batch.rows();
        uncomputedBytes -= batch.bytes();
        Gathering gathering = gatherings.get(batch.binding());
        // A run that was given up on may still read the inputs of the batch that it failed.
        if (gathering != null && batch.failure() == null) {
          gathering.finished(batch);
        }
      }
    }
  }

  /** Versions that were cut over from need no storage here any more. */
  private void forgetLeftVersions() {
    gatherings
        .values()
        .removeIf(gathering -> gathering.open().isEmpty() && !gathering.isFor(latest));
  }
}
