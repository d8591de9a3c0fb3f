package io.penstock.batching;

import io.penstock.batching.departure.Companion;
import io.penstock.batching.departure.Departure;
import io.penstock.batching.departure.Departures;
import io.penstock.codec.InputRecord;
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
 * when nothing of the pipeline is running and its stream is quiet, so that linger is a bound and
 * not a tax: while one batch runs, the next one gathers.
 *
 * <p><b>Other stream threads</b> of the pipeline gather too. When a batch leaves because of its
 * linger, of quiet or of a commit, or because with theirs it is full, they are called to the same
 * {@link Departure} and seal theirs, as far as they run as one.
 *
 * <p>Not thread-safe: all calls on the stream thread that made it.
 */
public final class Batcher {

  /** Batches wait so long at most for those of other threads; it takes microseconds as a rule. */
  static final long HOLD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** Or for this part of the time that they have gathered: a thread may not get a core at once. */
  private static final int HOLD_PART = 16;

  /** After so long without a record a version is taken for left, unless there is no other. */
  static final long LEFT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final BatchLimits limits;
  private final Inference inference;
  private final LongSupplier clock;
  private final Consumer<SealReason> onSeal;
  private final Companion companion;
  private final InFlight inFlight;
  private final Gathering.Site site;
  private final Map<VersionBinding, Gathering> gatherings = new HashMap<>();
  private final List<Batch> running = new ArrayList<>();
  private @Nullable VersionBinding latest;
  private @Nullable VersionBinding before;
  private long changedNanos;
  private @Nullable Departure leaving;
  private boolean inGroup;
  private boolean groupIsQuiet;

  /** A batcher alone in its pipeline. */
  public Batcher(
      BatchLimits limits,
      InFlightBudget budget,
      Inference inference,
      LongSupplier clock,
      Consumer<SealReason> onSeal) {
    this(limits, budget, new Departures(), inference, clock, onSeal);
  }

  /**
   * @param budget what all stream threads of the process may have in flight
   * @param departures the pipeline's
   * @param clock a monotonic clock in nanoseconds
   * @param onSeal told of each batch that is sealed
   */
  public Batcher(
      BatchLimits limits,
      InFlightBudget budget,
      Departures departures,
      Inference inference,
      LongSupplier clock,
      Consumer<SealReason> onSeal) {
    this.limits = limits;
    this.companion = departures.companion(clock.getAsLong());
    this.inFlight = new InFlight(limits, budget, departures);
    this.site = new Gathering.Site(limits, inFlight, clock, this::seal);
    this.inference = inference;
    this.clock = clock;
    this.onSeal = onSeal;
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
  public @Nullable Row add(VersionBinding binding, InputRecord record) {
    followCall();
    if (binding != latest) {
      before = latest;
      latest = binding;
      changedNanos = clock.getAsLong();
    }
    Gathering gathering = gatherings.get(binding);
    if (gathering == null) {
      gathering = Gathering.of(binding, site);
      gatherings.put(binding, gathering);
    }
    Row row = gathering.add(record);
    if (row == null) {
      return null;
    }
    long now = clock.getAsLong();
    boolean quiet = !inGroup && companion.isQuiet(now);
    companion.took(now);
    if (quiet) {
      Departure departure = departWith(row.batch(), now);
      sealTogether(departure, batch -> batch == row.batch(), SealReason.QUIET);
    } else if (companion.isFullTogether(row.batch().rows(), fullRows(binding))) {
      Departure departure = departWith(row.batch(), now);
      if (departure != null) {
        sealTogether(departure, batch -> batch == row.batch(), SealReason.ROWS);
      }
    }
    return row;
  }

  /** Rows come that have come together: after quiet they leave together, at {@link #endGroup}. */
  public void beginGroup() {
    groupIsQuiet = companion.isQuiet(clock.getAsLong());
    inGroup = true;
  }

  /** All rows of the group are taken. */
  public void endGroup() {
    inGroup = false;
    if (groupIsQuiet) {
      sealIf(batch -> true, SealReason.QUIET);
    }
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
    followCall();
    long now = clock.getAsLong();
    if (companion.nanosToLull(now) <= 0) {
      sealTogether(depart(null, Integer.MAX_VALUE, now), batch -> true, SealReason.QUIET);
    } else {
      sealLingered(now);
    }
    if (gatherings.size() > 1) {
      forgetLeftVersions(now);
    }
  }

  /** Seals every open batch, and lets all that are under way go first: a commit waits for them. */
  public void sealAll() {
    long now = clock.getAsLong();
    companion.away(now);
    if (companion.hasRows()) {
      sealTogether(depart(null, Integer.MAX_VALUE, now), batch -> true, SealReason.COMMIT);
    }
    running.forEach(Batch::hurry);
  }

  /** What a commit waited for is computed. */
  public void drained() {
    companion.returning(clock.getAsLong());
  }

  /** The commit is over: rows come again. */
  public void resume() {
    companion.back(clock.getAsLong());
  }

  /**
   * Waits until a batch of this thread is finished, or for that long; may return early. Seals the
   * open batches first when nothing is running, since nothing else would end the wait.
   */
  public void await(long nanos) {
    collect();
    followCall();
    if (running.isEmpty()) {
      sealIf(batch -> true, SealReason.ROOM);
      park(nanos);
    } else {
      long now = clock.getAsLong();
      sealLingered(now);
      park(Math.min(nanos, nanosUntilLingered(now)));
    }
  }

  /** Waits until a batch is finished or has to be sealed, or for that long; may return early. */
  public void rest(long nanos) {
    collect();
    followCall();
    park(Math.min(nanos, nanosUntilDue()));
  }

  /**
   * A batch that finishes wakes the thread, but so that it may go unnoticed if the thread waits for
   * the inference threads' lock at that moment: it looks once more.
   */
  private void park(long nanos) {
    for (Batch batch : running) {
      if (batch.isFinished()) {
        return;
      }
    }
    if (nanos > 0) {
      LockSupport.parkNanos(this, nanos);
    }
  }

  private long nanosUntilDue() {
    long now = clock.getAsLong();
    return Math.min(companion.nanosToLull(now), nanosUntilLingered(now));
  }

  private long nanosUntilLingered(long now) {
    long due = Long.MAX_VALUE;
    long lingerNanos = limits.lingerNanos();
    for (Gathering gathering : gatherings.values()) {
      if (!gathering.isEmpty()) {
        due = Math.min(due, gathering.oldestNanos() + lingerNanos - now);
      }
    }
    return due;
  }

  /**
   * Gives up whatever is under way: the thread is dying, or its partitions are lost. Open batches
   * give their leases back unrun; so do sealed ones whose turn has not come.
   */
  public void abandon() {
    gatherings.values().forEach(Gathering::abandon);
    gatherings.clear();
    running.forEach(Batch::leave);
    running.clear();
    inFlight.forgetAll();
    companion.leave();
  }

  /**
   * Seals what leaves with another thread's batch, if one has called and still waits. To be called
   * within whatever takes the thread long; it costs a look at what all threads share.
   */
  public void followCall() {
    for (Departure called : companion.calledTo()) {
      if (called.isWaiting(clock.getAsLong())) {
        sealTogether(called, batch -> called.takes(batch.kind(), batch.rows()), SealReason.COMPANY);
      } else {
        arrive(called);
      }
    }
  }

  /** Calls those whose rows can run with a batch that is about to leave. */
  private @Nullable Departure departWith(Batch batch, long now) {
    return depart(batch.kind(), fullRows(batch.binding()) - batch.rows(), now);
  }

  private @Nullable Departure depart(@Nullable Object kind, int roomForRows, long now) {
    long lingerNanos = limits.lingerNanos();
    long gatheredNanos = lingerNanos - nanosUntilLingered(now);
    long holdNanos = Math.min(Math.max(HOLD_NANOS, gatheredNanos / HOLD_PART), lingerNanos);
    return roomForRows > 0 && holdNanos > 0
        ? companion.depart(kind, roomForRows, now, holdNanos)
        : null;
  }

  private int fullRows(VersionBinding binding) {
    return Math.min(binding.sizes().max(), limits.targetRows());
  }

  /** Without a departure, others may have called to theirs at the same moment. */
  private void sealTogether(
      @Nullable Departure departure, Predicate<Batch> due, SealReason reason) {
    if (departure == null) {
      followCall();
    }
    leaving = departure;
    sealIf(due, reason);
    leaving = null;
    if (departure != null) {
      arrive(departure);
    }
  }

  /** Once all that leaves is submitted: whoever holds the others' batches looks again. */
  private void arrive(Departure departure) {
    if (departure.arrived(companion)) {
      inference.hurry();
    }
  }

  private void sealLingered(long now) {
    long lingerNanos = limits.lingerNanos();
    sealIf(batch -> now - batch.openedNanos() >= lingerNanos, SealReason.LINGER);
  }

  private void sealIf(Predicate<Batch> due, SealReason reason) {
    gatherings.values().forEach(gathering -> gathering.sealIf(due, reason));
  }

  private void seal(Batch batch, Rows inputs, SealReason reason) {
    Departure lingered = reason == SealReason.LINGER ? departWith(batch, clock.getAsLong()) : null;
    Departure departure = lingered == null ? leaving : lingered;
    if (departure != null) {
      batch.leaveWith(departure);
    }
    companion.sealed(batch.rows());
    running.add(batch);
    onSeal.accept(reason);
    batch.seal(inputs, clock.getAsLong());
    inference.submit(batch);
    if (lingered != null) {
      arrive(lingered);
    }
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

  /**
   * Versions that were cut over from need no storage here any more. Two that share the records by
   * their timestamps alternate, and keep theirs.
   */
  private void forgetLeftVersions(long now) {
    if (now - changedNanos >= LEFT_NANOS) {
      before = null;
    }
    gatherings
        .entrySet()
        .removeIf(
            entry ->
                entry.getKey() != latest && entry.getKey() != before && entry.getValue().isEmpty());
  }
}
