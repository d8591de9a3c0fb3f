package io.penstock.model.memory;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native memory of all loaded versions of a process, booked by estimate: a version that does
 * not fit is refused before it is loaded, rather than ending the process. Thread-safe; its monitor
 * guards everything, and nothing is called under it.
 */
public final class NativeMemory {

  private static final Logger LOG = LoggerFactory.getLogger(NativeMemory.class);

  private final Optional<MemoryLimit> limit;
  private final Supplier<Optional<ProcessMemory>> process;
  private final Map<Claim, Long> booked = new LinkedHashMap<>();
  private final Map<String, Estimate> estimates = new HashMap<>();
  private final Residue residue = new Residue();

  /** The load that nothing else was loaded or closed beside, so that it can be measured. */
  private @Nullable Claim alone;

  private long residentBefore;
  private int loading;

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
   * @throws ModelException if it does not fit
   */
  public Claim claim(ServableId id, long fileBytes, Optional<MemoryLimit> modelLimit) {
    Optional<ProcessMemory> now = process.get();
    synchronized (this) {
      Estimate estimate = estimates.computeIfAbsent(id.model(), model -> new Estimate());
      long needed = estimate.bytes(fileBytes);
      modelLimit.ifPresent(
          most -> require(id, needed, estimate, most, other -> other.model().equals(id.model())));
      limit.ifPresent(most -> require(id, needed, estimate, most, other -> true));
      Claim claim = new Claim(this, id, fileBytes);
      loading++;
      alone = loading == 1 ? claim : null;
      residentBefore = now.map(ProcessMemory::resident).orElse(0L);
      booked.put(claim, needed);
      return claim;
    }
  }

  private void require(
      ServableId id,
      long needed,
      Estimate estimate,
      MemoryLimit most,
      Predicate<ServableId> counts) {
    long inUse =
        booked.entrySet().stream()
            .filter(entry -> counts.test(entry.getKey().id()))
            .mapToLong(Map.Entry::getValue)
            .sum();
    if (needed > most.bytes() - inUse) {
      throw new ModelException(
          "%s does not fit into native memory: %s needed (its files × %.2f), %s in use by %s (%s: %s). Unload a version, raise the limit, or shrink the model."
              .formatted(
                  id,
                  mebibytes(needed),
                  estimate.factor(),
                  mebibytes(inUse),
                  booked.keySet().stream().map(Claim::id).filter(counts).toList(),
                  most.key(),
                  mebibytes(most.bytes())));
    }
  }

  /** Native memory that is booked now, in bytes. */
  public synchronized long bookedBytes() {
    return booked.values().stream().mapToLong(bytes -> bytes).sum();
  }

  void loaded(Claim claim) {
    Optional<ProcessMemory> now = process.get();
    synchronized (this) {
      Estimate estimate = estimates.get(claim.id().model());
      if (claim == alone && now.isPresent() && estimate != null) {
        estimate.add(claim.fileBytes(), now.get().resident() - residentBefore);
        booked.replace(claim, estimate.bytes(claim.fileBytes()));
      }
      alone = null;
      loading -= claim.endLoad() ? 1 : 0;
    }
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
  }

  /** What stays behind, if a version that was loaded and those before it leave too much. */
  Optional<Residue.Growth> takeBack(Claim claim) {
    Optional<ProcessMemory> now = process.get();
    synchronized (this) {
      Long taken = booked.remove(claim);
      alone = null;
      boolean wasLoaded = !claim.endLoad();
      loading -= wasLoaded ? 0 : 1;
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
