package io.penstock.model.lifecycle;

import io.penstock.model.DeclaredSignature;
import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.loading.FitLoader;
import io.penstock.model.loading.FitVersion;
import io.penstock.model.loading.LoadSlots;
import io.penstock.model.loading.LoadTerms;
import io.penstock.model.loading.LoadThread;
import io.penstock.model.loading.Loaded;
import io.penstock.model.loading.ModelLoader;
import io.penstock.model.memory.NoRoomException;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.LoggedSource;
import io.penstock.model.source.ModelSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * One model of this process: finds its versions, loads and unloads them, and leases them to whoever
 * runs batches. Thread-safe.
 *
 * <p>Four daemon threads, so that none waits for another's work: <em>watch</em> scans the source,
 * <em>load</em> loads and warms up (once it has one of the process's {@link LoadSlots}),
 * <em>close</em> closes sessions and is never interrupted (an interrupted close leaks the session),
 * and <em>events</em>, to which the others report, owns the {@link ModelVersions} and decides.
 * Leasing goes past all of them, by way of a concurrent map.
 */
public final class ModelRuntime implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(ModelRuntime.class);

  /** How often, within the time that a lease may be out, it is looked for. */
  private static final int LEASE_CHECKS = 4;

  private final ModelSettings settings;
  private final FitLoader fitLoader;
  private final ModelVersions versions;
  private final LeasedVersions serving;
  private final List<VersionListener> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final SourceWatch watch;
  private final LoadThread load;
  private final LoadLog loadLog = new LoadLog(LOG, () -> this.closing);
  private final ScheduledThreadPoolExecutor events;
  private volatile boolean closing;

  /** A runtime that loads without limits. */
  public ModelRuntime(
      ModelSettings settings, ModelSource source, ModelLoader loader, InstantSource clock) {
    this(settings, source, loader, LoadTerms.unlimited(), clock);
  }

  /**
   * A runtime at rest; {@link #start} sets it to work.
   *
   * @param source where versions come from, such as a {@code DirectorySource}; any implementation
   *     of the interface will do, and is closed with the runtime
   */
  public ModelRuntime(
      ModelSettings settings,
      ModelSource source,
      ModelLoader loader,
      LoadTerms terms,
      InstantSource clock) {
    this.settings = settings;
    this.fitLoader = new FitLoader(settings.fitness(), terms, loader);
    ModelThreads threads = new ModelThreads(settings.name());
    this.serving = new LeasedVersions(settings.leaseLimit(), terms.memory(), threads.of("close"));
    this.versions = new ModelVersions(settings, clock, new Hands());
    this.watch =
        new SourceWatch(
            new LoggedSource(settings.name(), source),
            settings.pollInterval(),
            report -> post(() -> versions.reported(report)),
            threads.of("watch"));
    this.events = new ScheduledThreadPoolExecutor(1, threads.of("events"));
    events.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    this.load = new LoadThread(terms, events, threads.inTheBackground("load"));
  }

  /** Starts to watch the source. To be called once. */
  public void start() {
    watch.start();
    long checkNanos = Math.max(1, settings.leaseLimit().toNanos() / LEASE_CHECKS);
    var unused =
        events.scheduleWithFixedDelay(
            () -> handle(serving::reportOverdueLeases),
            checkNanos,
            checkNanos,
            TimeUnit.NANOSECONDS);
  }

  /** The model's name. */
  public String name() {
    return settings.name();
  }

  /**
   * Asks that of versions whose load begins from now on, instead of what the settings say. Those
   * that are loaded stay as they are.
   */
  public void require(Fitness fitness) {
    fitLoader.require(fitness);
  }

  /** A lease on a version; empty unless it is AVAILABLE. Wait-free. */
  public Optional<Lease> acquire(long version) {
    return serving.acquire(version);
  }

  /**
   * Says which versions must be or stay loaded whatever the version policy says: the active one,
   * one that is being prepared, one to roll back to. Replaces what was said before. Of those that
   * were not retained before, what has failed is tried once more.
   */
  public void retain(Set<Long> retained) {
    Set<Long> copy = Set.copyOf(retained);
    post(() -> versions.retain(copy));
  }

  /**
   * Tries once more to load a version that has failed, if it is wanted: somebody has asked for it
   * who need not wait. Nothing becomes of one that serves, or that nobody wants.
   */
  public void tryAgain(long version) {
    post(() -> versions.tryAgain(version));
  }

  /**
   * Says which versions the version policy does not get loaded: somebody wants their memory back.
   * One that is retained is loaded all the same. Replaces what was said before.
   */
  public void exclude(Set<Long> excluded) {
    Set<Long> copy = Set.copyOf(excluded);
    post(() -> versions.exclude(copy));
  }

  /**
   * Asks for a version. Looks at the source again, waits while the version's copy settles and while
   * it loads, and tries once more to load a version that failed. {@link #retain} it first: a
   * version that neither policy nor retention wants may be unloaded again as soon as this
   * completes.
   *
   * @return completes when the version is AVAILABLE, on the model's event thread; exceptionally
   *     with a {@link ModelException} that says why it cannot be. Cancel it, or have it time out,
   *     when the version is not asked for any more: until it is complete the version is wanted,
   *     whatever becomes of its retention
   */
  public CompletableFuture<ServableVersion> whenAvailable(long version) {
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    var unused =
        future.whenComplete((available, failure) -> post(() -> versions.forsake(version, future)));
    postFor(
        future,
        () ->
            versions
                .available(version)
                .ifPresentOrElse(future::complete, () -> scanFor(version, future)));
    return future;
  }

  /** The state of every version that is known, by number. Immutable. */
  public SortedMap<Long, VersionStatus> statuses() {
    return versions.statuses();
  }

  /**
   * Every version that the source last had complete and that the version policy lets serve, by
   * number, loaded or not. Immutable.
   */
  public SortedMap<Long, AspiredVersion> aspired() {
    return versions.aspired();
  }

  /**
   * Every version that the source last had and that is not complete, or may not be taken up, with
   * what it waits for. Immutable.
   */
  public SortedMap<Long, String> pending() {
    return versions.pending();
  }

  /** The leases that are out for longer than they should be, a sentence each. */
  public List<String> overdueLeases() {
    return serving.overdueLeases();
  }

  /** Where a version lies that the source last had complete. */
  public Optional<AspiredVersion> source(long version) {
    return versions.source(version);
  }

  /** How the warm-up of every version that is available went, by number. */
  public SortedMap<Long, WarmUpReport> warmUps() {
    return serving.warmUps();
  }

  /** How long every version that is available took to load, warm-up and checks included. */
  public SortedMap<Long, Duration> loadTimes() {
    return serving.loadTimes();
  }

  /** The signatures that a version declares; empty unless it is available. */
  public Optional<List<DeclaredSignature>> declaredSignatures(long version) {
    return serving.declaredSignatures(version);
  }

  /** How many loads have failed. One that waits for room, or for files that change, has not. */
  public long failedLoads() {
    return versions.failedLoads();
  }

  /** How many leases are out on every version that is available, by number. */
  public SortedMap<Long, Integer> leases() {
    return serving.leases();
  }

  /** Adds a listener. It hears of every transition from now on. */
  public void addListener(VersionListener listener) {
    listeners.add(listener);
  }

  /** {@link #close(Duration)} with the drain time-out. */
  @Override
  public void close() {
    close(settings.drainTimeout());
  }

  /**
   * Unloads every version: no more leases, wait for those that are out, close. Waits that long at
   * most; a version still leased then is closed when its last lease is back. Idempotent.
   */
  public void close(Duration timeout) {
    closing = true;
    watch.close();
    post(
        () -> {
          versions.stop();
          load.stop(ModelVersions.closed(name()));
        });
    try {
      terminated.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.warn(
          "Servable {} is not unloaded after {}: {}. {}",
          name(),
          timeout,
          statuses().values(),
          whatItWaitsFor());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("terminated is never completed exceptionally", e);
    }
  }

  private String whatItWaitsFor() {
    List<ServableId> loading =
        statuses().values().stream()
            .filter(status -> status.state() == VersionState.LOADING)
            .map(VersionStatus::id)
            .toList();
    return loading.isEmpty()
        ? "Leased by %s. Its memory is given back when its last lease is."
            .formatted(serving.outstandingLeases())
        : "Still loading: %s, which cannot be cut.".formatted(loading);
  }

  private void scanFor(long version, CompletableFuture<ServableVersion> future) {
    // The scan's report is posted first.
    boolean scans = watch.scanAndThen(() -> postFor(future, () -> versions.await(version, future)));
    if (!scans) {
      versions.await(version, future);
    }
  }

  /**
   * On the load thread. What failed may have failed because its files were changed; what did not is
   * made of what nobody has judged.
   */
  private Loaded loadUnlessChanged(ServableId id, AspiredVersion files, BooleanSupplier isGivenUp) {
    Loaded outcome;
    try (var unused = MDC.putCloseable("version", Long.toString(id.version()))) {
      outcome = fitLoader.attempt(id, files.directory(), isGivenUp);
    }
    if (!watch.hasChanged(files)) {
      return outcome;
    }
    outcome.discard();
    return new Loaded.Changed(changed(id, files, outcome));
  }

  /** On the load thread, or on the event thread if the load was given up on. */
  private void loadEnded(ServableId id, AspiredVersion files, Loaded outcome) {
    if (outcome instanceof Loaded.Fit fit) {
      post(() -> serve(id.version(), fit.version()));
    } else if (outcome instanceof Loaded.Changed changed) {
      post(() -> changed(files, changed));
      watch.scanSoon();
    } else if (outcome instanceof Loaded.Postponed postponed) {
      post(() -> postponed(id, postponed));
    } else if (outcome instanceof Loaded.Hung hung) {
      post(() -> hung(id, hung));
    } else if (outcome instanceof Loaded.Failed failed) {
      post(() -> failed(id, failed));
    }
  }

  private void postponed(ServableId id, Loaded.Postponed postponed) {
    loadLog.postponed(postponed);
    versions.postponed(id.version(), postponed.reason());
    retryWhenThereIsRoom(id, postponed.room());
  }

  private void retryWhenThereIsRoom(ServableId id, CompletionStage<Void> room) {
    var unused = room.thenRun(() -> post(() -> versions.roomMade(id.version())));
  }

  private void hung(ServableId id, Loaded.Hung hung) {
    loadLog.hung(hung);
    versions.hung(id.version(), hung.reason());
    var unused = hung.cameBack().thenRun(() -> post(() -> versions.cameBack(id.version())));
  }

  private void changed(AspiredVersion files, Loaded.Changed changed) {
    loadLog.changed(changed);
    versions.changed(files, changed.reason());
  }

  private static ModelException changed(ServableId id, AspiredVersion files, Loaded outcome) {
    String failure =
        outcome instanceof Loaded.Failed failed ? " (" + failed.reason().getMessage() + ")" : "";
    return new ModelException(
        "%s is not served: its files in %s changed after they had been found complete (they were: %s). It is loaded again once they are. Leave a version's files as they are; a model that changes gets the next number.%s"
            .formatted(id, files.directory(), files.revision(), failure));
  }

  private void serve(long number, FitVersion version) {
    serving.serve(number, version);
    versions.loaded(number, version.model());
  }

  private void failed(ServableId id, Loaded.Failed failure) {
    Optional<Duration> rest = versions.failed(id.version(), failure.reason());
    if (failure.reason() instanceof NoRoomException noRoom) {
      retryWhenThereIsRoom(id, noRoom.givenBack());
    }
    loadLog.failed(failure, rest);
  }

  /** Runs something on the event thread, unless everything has ended. */
  private boolean post(Runnable event) {
    try {
      events.execute(() -> handle(event));
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  private void postFor(CompletableFuture<ServableVersion> future, Runnable event) {
    if (!post(event)) {
      future.completeExceptionally(ModelVersions.closed(name()));
    }
  }

  private void handle(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      LOG.error("Servable {}: an event could not be handled.", name(), e);
    }
    if (versions.isTerminated() && terminated.complete(null)) {
      load.shutdown();
      serving.shutdown();
      events.shutdown();
    }
  }

  private void notifyListener(VersionListener listener, VersionStatus status) {
    try {
      listener.onTransition(status);
    } catch (RuntimeException | Error e) {
      LOG.error("A listener failed on {}.", status, e);
    }
  }

  /** Does what has been decided, on the thread whose work it is. */
  private final class Hands implements ModelVersions.Work {

    @Override
    public void load(ServableId id, AspiredVersion version) {
      load.load(
          id,
          isGivenUp -> loadUnlessChanged(id, version, isGivenUp),
          outcome -> loadEnded(id, version, outcome));
    }

    @Override
    public void unload(long version) {
      serving.retire(version, () -> post(() -> versions.closed(version)));
    }

    @Override
    public void wanted(Set<Long> versions) {
      watch.wanted(versions);
    }

    @Override
    public void later(Duration delay, Runnable event) {
      var unused = events.schedule(() -> handle(event), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    @Override
    public void changed(VersionStatus status) {
      LOG.debug("{} is {}.", status.id(), status.state());
      listeners.forEach(listener -> notifyListener(listener, status));
    }
  }
}
