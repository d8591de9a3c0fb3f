package io.penstock.batching;

import io.penstock.model.Rows;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
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
  private final Inference inference;
  private final LongSupplier clock;
  private final Consumer<SealReason> onSeal;
  private final InFlight inFlight;
  private final Gathering.Site site;
  private final Map<VersionBinding, Gathering> gatherings = new HashMap<>();
  private final List<Batch> running = new ArrayList<>();
  private @Nullable VersionBinding latest;
  private long lastRowNanos;

  /**
   * @param budget what all stream threads of the process may have in flight
   * @param clock a monotonic clock in nanoseconds
   * @param onSeal told of each batch that is sealed
   */
  public Batcher(
      BatchLimits limits,
      ByteBudget budget,
      Inference inference,
      LongSupplier clock,
      Consumer<SealReason> onSeal) {
    this.limits = limits;
    this.inFlight = new InFlight(limits, budget);
    this.site = new Gathering.Site(limits, inFlight, clock, this::seal);
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
   * @return the row taken; null if the version has retired meanwhile: choose again
   * @throws io.penstock.codec.UndecodableRecordException if the record is to blame; no row is taken
   * @throws io.penstock.registry.RegistryException if the registry is; no row is taken
   */
  public @Nullable Row add(VersionBinding binding, byte[] value) {
    latest = binding;
    Gathering gathering = gatherings.get(binding);
    if (gathering == null) {
      gathering = Gathering.of(binding, site);
      gatherings.put(binding, gathering);
    }
    Row row = gathering.add(value);
    if (row == null) {
      return null;
    }
    long now = clock.getAsLong();
    if (isQuiet(now)) {
      gathering.sealIf(batch -> batch == row.batch(), SealReason.QUIET);
    }
    lastRowNanos = now;
    return row;
  }

  /** Whether as many rows or bytes are under way as the limits and the process's budget allow. */
  public boolean isFull() {
    if (!inFlight.isFull()) {
      return false;
    }
    collect();
    return inFlight.isFull();
  }

  /** Seals what has waited long enough. To be called about every millisecond. */
  public void tick() {
    collect();
    long now = clock.getAsLong();
    if (isQuiet(now)) {
      sealIf(batch -> true, SealReason.QUIET);
    } else {
      long lingerNanos = limits.lingerNanos();
      sealIf(batch -> now - batch.openedNanos() >= lingerNanos, SealReason.LINGER);
    }
    if (gatherings.size() > 1) {
      forgetLeftVersions();
    }
  }

  /** Seals every open batch, and lets all that are under way go first: a commit waits for them. */
  public void sealAll() {
    sealIf(batch -> true, SealReason.COMMIT);
    running.forEach(Batch::hurry);
  }

  /**
   * Waits until a batch of this thread is finished, or for that long; may return early. Seals the
   * open batches first when nothing is running, since nothing else would end the wait.
   */
  public void await(long nanos) {
    collect();
    if (running.isEmpty()) {
      sealIf(batch -> true, SealReason.ROOM);
    }
    LockSupport.parkNanos(this, nanos);
  }

  /** Waits until a batch is finished or has to be sealed, or for that long; may return early. */
  public void rest(long nanos) {
    collect();
    long left = Math.min(nanos, nanosUntilDue());
    if (left > 0) {
      LockSupport.parkNanos(this, left);
    }
  }

  private long nanosUntilDue() {
    long now = clock.getAsLong();
    long due = Long.MAX_VALUE;
    long lingerNanos = limits.lingerNanos();
    for (Gathering gathering : gatherings.values()) {
      if (!gathering.isEmpty()) {
        due = Math.min(due, gathering.oldestNanos() + lingerNanos - now);
        if (running.isEmpty()) {
          due = Math.min(due, lastRowNanos + QUIET_NANOS - now);
        }
      }
    }
    return due;
  }

  /**
   * Gives up whatever is under way: the thread is dying, or its partitions are lost. Open batches
   * give their leases back unrun; sealed ones finish unread.
   */
  public void abandon() {
    gatherings.values().forEach(Gathering::abandon);
    gatherings.clear();
    running.clear();
    inFlight.forgetAll();
  }

  private boolean isQuiet(long now) {
    return now - lastRowNanos >= QUIET_NANOS && running.isEmpty();
  }

  private void sealIf(Predicate<Batch> due, SealReason reason) {
    gatherings.values().forEach(gathering -> gathering.sealIf(due, reason));
  }

  private void seal(Batch batch, Rows inputs, SealReason reason) {
    running.add(batch);
    onSeal.accept(reason);
    batch.seal(inputs);
    inference.submit(batch);
  }

  /** Forgets batches that have finished since, and keeps their storage for the next ones. */
  private void collect() {
    for (int i = running.size() - 1; i >= 0; i--) {
      Batch batch = running.get(i);
      if (batch.isFinished()) {
        running.remove(i);
        inFlight.forget(batch.rows(), batch.bytes());
        Gathering gathering = gatherings.get(batch.binding());
        // A batch that was failed in its run's stead may still be read by that run.
        if (gathering != null && batch.failure() == null) {
          gathering.recycle(batch.inputs());
        }
      }
    }
  }

  /** Versions that were cut over from need no storage here any more. */
  private void forgetLeftVersions() {
    gatherings.entrySet().removeIf(entry -> entry.getKey() != latest && entry.getValue().isEmpty());
  }
}
