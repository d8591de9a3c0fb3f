package io.penstock.model.memory;

import io.penstock.model.ServableId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native memory of all loaded versions of a process, booked by estimate: a version that does
 * not fit is refused before it is loaded, rather than ending the process.
 *
 * <p>What is in use is what is booked, and the {@link Surplus} that the process has grown by: what
 * closed versions keep for good, what runs take, what the estimate has missed.
 *
 * <p>Thread-safe; its monitor guards everything, and nothing is called under it.
 */
public final class NativeMemory {

  private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

  private final Optional<MemoryLimit> limit;
  private final Supplier<Optional<ProcessMemory>> process;
  private final Map<Claim, Long> booked = new LinkedHashMap<>();
  private final Map<String, Estimate> estimates = new HashMap<>();
  private final Residue residue = new Residue();
  private final Surplus surplus = new Surplus();

  /** The load that nothing else was loaded or closed beside, so that it can be measured. */
  private @Nullable Claim alone;

  private Optional<ProcessMemory> before = Optional.empty();

  /** What the process takes without versions; not known before one was loaded. */
  private OptionalLong bare = OptionalLong.empty();

  private int loading;

  /** Completed, and replaced, when a version has given its memory back. */
  private CompletableFuture<Void> givenBack = new CompletableFuture<>();

  /** The memory of this process, with a limit where one is given. */
  public NativeMemory(Optional<MemoryLimit> limit) {
    this(limit, ProcessMemory::now);
  }

  NativeMemory(Optional<MemoryLimit> limit, Supplier<Optional<ProcessMemory>> process) {
    this.limit = limit;
    this.process = process;
  }

  /**
   * Books what a version will take.
   *
   * @param fileBytes the size of its files
   * @param modelLimit a limit for all loaded versions of its model
   * @throws NoRoomException if it does not fit: another version may give memory back
   */
  public Claim claim(ServableId id, long fileBytes, Optional<MemoryLimit> modelLimit) {
    Optional<ProcessMemory> now = process.get();
    synchronized (this) {
      Estimate estimate = estimates.computeIfAbsent(id.model(), model -> new Estimate());
      long needed = estimate.bytes(fileBytes);
      double factor = estimate.factor(fileBytes);
      modelLimit.ifPresent(
          most ->
              require(
                  new Demand(id, needed, factor, other -> other.model().equals(id.model()), 0),
                  most));
      readAtRest(now);
      limit.ifPresent(
          most -> require(new Demand(id, needed, factor, other -> true, surplus.bytes()), most));
      Claim claim = new Claim(this, id, fileBytes, now.map(this::grownBytes).orElse(0L));
      loading++;
      alone = loading == 1 ? claim : null;
      before = now;
      booked.put(claim, needed);
      return claim;
    }
  }

  /**
   * What is asked for.
   *
   * @param factor what {@code neededBytes} are in multiples of the files
   * @param rivals whose versions count against the same limit
   * @param surplusBytes what is in use beside what is booked, whoever's that is
   */
  private record Demand(
      ServableId id,
      long neededBytes,
      double factor,
      Predicate<ServableId> rivals,
      long surplusBytes) {}

  private void require(Demand demand, MemoryLimit most) {
    List<Claim> rivals =
        booked.keySet().stream().filter(claim -> demand.rivals().test(claim.id())).toList();
    List<Claim> leaving = rivals.stream().filter(Claim::isLeaving).toList();
    long missingBytes =
        demand.neededBytes() + demand.surplusBytes() + bookedBytes(rivals) - most.bytes();
    if (missingBytes > 0) {
      boolean comes = missingBytes <= bookedBytes(leaving);
      throw new NoRoomException(
          "%s does not fit into native memory: %s needed (its files × %.2f), %s in use by %s%s (%s: %s). %s"
              .formatted(
                  demand.id(),
                  mebibytes(demand.neededBytes()),
                  demand.factor(),
                  mebibytes(bookedBytes(rivals)),
                  rivals.stream().map(Claim::id).toList(),
                  demand.surplusBytes() > 0
                      ? ", and %s that the process has grown by beside them and its heap"
                          .formatted(mebibytes(demand.surplusBytes()))
                      : "",
                  most.key(),
                  mebibytes(most.bytes()),
                  comes
                      ? "Being closed, once their last leases are back: %s."
                          .formatted(leaving.stream().map(Claim::id).toList())
                      : "Unload a version, raise the limit, or shrink the model."),
          givenBack,
          comes);
    }
  }

  private long bookedBytes(List<Claim> claims) {
    return claims.stream().mapToLong(claim -> booked.getOrDefault(claim, 0L)).sum();
  }

  private void readAtRest(Optional<ProcessMemory> now) {
    if (loading == 0) {
      now.ifPresent(memory -> surplus.read(grownBytes(memory), bookedBytes()));
    }
  }

  /** What the process has grown by since its first load, beyond the heap. */
  private long grownBytes(ProcessMemory now) {
    return bare.isPresent() ? Math.max(0, now.besideHeap() - bare.getAsLong()) : 0;
  }

  /** The most that may be booked, in bytes; empty if there is no limit. */
  public OptionalLong limitBytes() {
    return limit.map(most -> OptionalLong.of(most.bytes())).orElseGet(OptionalLong::empty);
  }

  /** Memory of this process that is in the machine's, in bytes; empty where nobody tells. */
  public OptionalLong residentBytes() {
    return process
        .get()
        .map(memory -> OptionalLong.of(memory.resident()))
        .orElseGet(OptionalLong::empty);
  }

  /** Native memory that is booked now, in bytes. */
  public synchronized long bookedBytes() {
    return booked.values().stream().mapToLong(bytes -> bytes).sum();
  }

  void loaded(Claim claim) {
    Optional<ProcessMemory> now = process.get();
    synchronized (this) {
      if (claim == alone && now.isPresent() && before.isPresent()) {
        measure(claim, before.get(), now.get());
      }
      alone = null;
      endLoad(claim);
      surplus.taken(booked.getOrDefault(claim, 0L));
    }
  }

  synchronized void leaving(Claim claim) {
    claim.setLeaving();
  }

  /**
   * Somebody has given up on the load of a version, which may never end: it takes what is booked
   * for it, and others are measured again.
   */
  public synchronized void giveUp(ServableId id) {
    booked.keySet().stream().filter(claim -> claim.id().equals(id)).forEach(this::endLoad);
  }

  /** Whether the load had not ended before. */
  private boolean endLoad(Claim claim) {
    boolean ends = claim.endLoad();
    loading -= ends ? 1 : 0;
    return ends;
  }

  /** The first load of a process brings TensorFlow itself along, so that it measures only that. */
  private void measure(Claim claim, ProcessMemory atFirst, ProcessMemory now) {
    if (bare.isEmpty()) {
      // As much as it can be: the heap that is not in use may or may not be resident.
      bare = OptionalLong.of(now.resident() - now.heapUsed() - bookedBytes());
      return;
    }
    Estimate estimate = estimates.computeIfAbsent(claim.id().model(), model -> new Estimate());
    long heapGrowth = Math.max(0, now.heap() - atFirst.heap());
    estimate.add(claim.fileBytes(), now.resident() - atFirst.resident() - heapGrowth);
    booked.replace(claim, estimate.bytes(claim.fileBytes()));
  }

  void giveBack(Claim claim) {
    takeBack(claim)
        .ifPresent(
            growth ->
                LOG.warn(
                    "Closed versions leave memory behind: beyond the heap and what is loaded, this"
                        + " process has grown by {} while {} versions were closed that had taken"
                        + " {}. {} was the last of them. If that goes on, restart the process before"
                        + " its memory is used up, and report the model.",
                    mebibytes(growth.bytes()),
                    growth.versions(),
                    mebibytes(growth.closedBytes()),
                    claim.id()));
    CompletableFuture<Void> waitedFor;
    synchronized (this) {
      waitedFor = givenBack;
      givenBack = new CompletableFuture<>();
    }
    waitedFor.complete(null);
  }

  /** What stays behind, if a version that was loaded and those before it leave too much. */
  Optional<Residue.Growth> takeBack(Claim claim) {
    Optional<ProcessMemory> now = process.get();
    synchronized (this) {
      Long taken = booked.remove(claim);
      alone = null;
      boolean wasLoaded = !endLoad(claim);
      if (taken != null) {
        // A load that failed leaves no more than it took.
        long grown = now.map(this::grownBytes).orElse(0L) - claim.grownBefore();
        surplus.left(wasLoaded ? taken : Math.min(taken, Math.max(0, grown)));
        readAtRest(now);
      }
      return wasLoaded && taken != null && loading == 0
          ? now.flatMap(memory -> residue.closed(taken, bookedBytes(), memory))
          : Optional.empty();
    }
  }

  /**
   * Runs what closes a version.
   *
   * @return what came back, as resident memory shows it, in a sentence. Other work shows in it too
   */
  public String closing(Runnable close) {
    Optional<ProcessMemory> before = process.get();
    close.run();
    Optional<ProcessMemory> after = process.get();
    if (before.isEmpty() || after.isEmpty()) {
      return "What came back is not to be seen on this system.";
    }
    long change = after.get().resident() - before.get().resident();
    return "Resident memory: %s, %s %s than before."
        .formatted(
            mebibytes(after.get().resident()),
            mebibytes(Math.abs(change)),
            change > 0 ? "more" : "less");
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%.1f MiB", bytes / (double) (1 << 20));
  }
}
