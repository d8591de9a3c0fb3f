package io.penstock.model.lifecycle;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.Lease;
import io.penstock.model.ServableId;
import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.lifecycle.lease.HeldLease;
import io.penstock.model.lifecycle.lease.LeaseWatch;
import io.penstock.model.lifecycle.lease.Leases;
import io.penstock.model.loading.FitVersion;
import io.penstock.model.memory.NativeMemory;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * The versions of one model that are leased, each from when it can serve until its memory has been
 * given back. They are closed on a thread of their own, which is never interrupted: an interrupted
 * close leaks the session. Thread-safe, but for {@link #serve} and {@link #retire}, which are the
 * event thread's.
 */
final class LeasedVersions {

  private static final Logger LOG = LoggerFactory.getLogger(LeasedVersions.class);

  private final NativeMemory memory;
  private final ConcurrentHashMap<Long, Serving> serving = new ConcurrentHashMap<>();
  private final LeaseWatch watch;
  private final ExecutorService close;

  /**
   * No versions.
   *
   * @param leaseLimit how long a lease may be out
   */
  LeasedVersions(Duration leaseLimit, NativeMemory memory, ThreadFactory threads) {
    this.memory = memory;
    this.watch = new LeaseWatch(leaseLimit);
    this.close = Executors.newSingleThreadExecutor(threads);
  }

  /** A lease on a version; empty unless it serves. Wait-free. */
  Optional<Lease> acquire(long version) {
    Serving leased = serving.get(version);
    return leased == null ? Optional.empty() : leased.leases().acquire();
  }

  /** From now on a version can be leased. */
  void serve(long number, FitVersion version) {
    Leases leases = new Leases(version.model(), System::nanoTime);
    watch.add(leases);
    serving.put(number, new Serving(version, leases));
  }

  /**
   * From now on a version cannot be leased, and is closed when its last lease is back.
   *
   * @param closed runs when it is, on the thread that closes
   */
  void retire(long number, Runnable closed) {
    Serving retired = Objects.requireNonNull(serving.remove(number));
    retired.version().leaving();
    var unused =
        retired
            .leases()
            .retire()
            .thenRunAsync(
                () -> {
                  close(retired.version());
                  watch.remove(retired.leases());
                  closed.run();
                },
                close);
  }

  private void close(FitVersion version) {
    ServableId id = version.model().id();
    try (var unused = MDC.putCloseable("version", Long.toString(id.version()))) {
      String givenBack = memory.closing(version::close);
      LOG.info("{} is unloaded. {}", id, givenBack);
    } catch (RuntimeException | Error e) {
      LOG.error("{} did not close cleanly; its memory may not be given back.", id, e);
    }
  }

  /** How the warm-up of every version that serves went, by number. */
  SortedMap<Long, WarmUpReport> warmUps() {
    return each(leased -> leased.version().warmUp());
  }

  /** How long every version that serves took to load, by number. */
  SortedMap<Long, Duration> loadTimes() {
    return each(leased -> leased.version().loadTime());
  }

  /** How many leases are out on every version that serves, by number. */
  SortedMap<Long, Integer> leases() {
    return each(leased -> leased.leases().held());
  }

  private <T> SortedMap<Long, T> each(Function<Serving, T> what) {
    SortedMap<Long, T> all = new TreeMap<>();
    serving.forEach((number, leased) -> all.put(number, what.apply(leased)));
    return all;
  }

  /** The signatures that a version declares; empty unless it serves. */
  Optional<List<DeclaredSignature>> declaredSignatures(long version) {
    return Optional.ofNullable(serving.get(version))
        .map(leased -> leased.version().model().declaredSignatures());
  }

  /** The leases that are out, on versions that drain as well. */
  List<HeldLease> outstandingLeases() {
    return watch.outstanding();
  }

  /** The leases that are out for too long, a sentence each. */
  List<String> overdueLeases() {
    return watch.overdue();
  }

  /** Logs the leases that are out for too long, each once. To be called by one thread. */
  void reportOverdueLeases() {
    watch.report();
  }

  /** Ends the thread, once every version is closed. */
  void shutdown() {
    close.shutdown();
  }

  /** A version that serves, and what it is leased by. */
  private record Serving(FitVersion version, Leases leases) {}
}
