package io.penstock.model.lifecycle;

import io.penstock.model.Lease;
import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.fitness.SignatureChanges;
import io.penstock.model.fitness.WarmUpReport;
import io.penstock.model.lifecycle.lease.LeaseWatch;
import io.penstock.model.lifecycle.lease.Leases;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.LoggedSource;
import io.penstock.model.source.ModelSource;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private final LoadTerms terms;
  private final FitLoader fitLoader;
  private final ModelVersions versions;
  private final Map<Long, Leases> available = new ConcurrentHashMap<>();
  private final Map<Long, FitVersion> fit = new ConcurrentHashMap<>();
  private final LeaseWatch leaseWatch;
  private final List<VersionListener> listeners = new CopyOnWriteArrayList<>();
  private final CompletableFuture<Void> terminated = new CompletableFuture<>();
  private final SourceWatch watch;
  private final ExecutorService load;
  private final ExecutorService close;
  private final ScheduledThreadPoolExecutor events;

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
    this.terms = terms;
    this.fitLoader = new FitLoader(settings, terms, loader);
    this.leaseWatch = new LeaseWatch(settings.leaseLimit());
    this.versions = new ModelVersions(settings, clock, new Hands());
    this.watch =
        new SourceWatch(
            new LoggedSource(settings.name(), source),
            settings.pollInterval(),
            report -> post(() -> versions.reported(report)),
            threads("watch"));
    this.load = Executors.newSingleThreadExecutor(loadThread());
    this.close = Executors.newSingleThreadExecutor(threads("close"));
    this.events = new ScheduledThreadPoolExecutor(1, threads("events"));
    events.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Starts to watch the source. To be called once. */
  public void start() {
    watch.start();
    long checkNanos = Math.max(1, settings.leaseLimit().toNanos() / LEASE_CHECKS);
    var unused =
        events.scheduleWithFixedDelay(
            () -> handle(leaseWatch::report), checkNanos, checkNanos, TimeUnit.NANOSECONDS);
  }

  /** The model's name. */
  public String name() {
    return settings.name();
  }

  /** A lease on a version; empty unless it is AVAILABLE. Wait-free. */
  public Optional<Lease> acquire(long version) {
    Leases leases = available.get(version);
    return leases == null ? Optional.empty() : leases.acquire();
  }

  /**
   * Says which versions must be or stay loaded whatever the version policy says: the active one,
   * one that is being prepared, one to roll back to. Replaces what was said before.
   */
  public void retain(Set<Long> retained) {
    Set<Long> copy = Set.copyOf(retained);
    post(() -> versions.retain(copy));
  }

  /**
   * Asks for a version. Looks at the source again, waits while the version's copy settles and while
   * it loads, and tries once more to load a version that failed. {@link #retain} it first: a
   * version that neither policy nor retention wants may be unloaded again as soon as this
   * completes.
   *
   * @return completes when the version is AVAILABLE, on the model's event thread; exceptionally
   *     with a {@link ModelException} that says why it cannot be
   */
  public CompletionStage<ServableVersion> whenAvailable(long version) {
    CompletableFuture<ServableVersion> future = new CompletableFuture<>();
    postFor(
        future,
        () ->
            versions
                .available(version)
                .ifPresentOrElse(future::complete, () -> scanFor(version, future)));
    return future.minimalCompletionStage();
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

  /** How the warm-up of every version that is available went, by number. */
  public SortedMap<Long, WarmUpReport> warmUps() {
    SortedMap<Long, WarmUpReport> reports = new TreeMap<>();
    fit.forEach((version, loaded) -> reports.put(version, loaded.warmUp()));
    return reports;
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
    watch.close();
    post(versions::stop);
    try {
      terminated.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      LOG.warn(
          "Servable {} is not unloaded after {}: {}, leased by {}. Its memory is given back when its"
              + " last lease is.",
          name(),
          timeout,
          statuses().values(),
          leaseWatch.outstanding());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("terminated is never completed exceptionally", e);
    }
  }

  private void scanFor(long version, CompletableFuture<ServableVersion> future) {
    // The scan's report is posted first.
    boolean scans = watch.scanAndThen(() -> postFor(future, () -> versions.await(version, future)));
    if (!scans) {
      versions.await(version, future);
    }
  }

  /** On the load thread. */
  private void load(ServableId id, AspiredVersion aspired) {
    try {
      FitVersion version = fitLoader.load(id, aspired.directory());
      post(() -> loaded(id.version(), version));
    } catch (ModelException e) {
      post(() -> failed(id, e, null));
    } catch (RuntimeException | Error e) {
      post(() -> failed(id, new ModelException(id + " could not be loaded: " + e, e), e));
    }
  }

  private void loaded(long number, FitVersion version) {
    warnOfChanges(version.model());
    fit.put(number, version);
    Leases leases = new Leases(version.model(), System::nanoTime);
    leaseWatch.add(leases);
    available.put(number, leases);
    versions.loaded(number, version.model());
  }

  /** Against the newest version that serves or could. */
  private void warnOfChanges(LoadedModel next) {
    fit.entrySet().stream()
        .max(Map.Entry.comparingByKey())
        .map(newest -> newest.getValue().model())
        .ifPresent(
            newest -> {
              List<String> changes =
                  SignatureChanges.between(newest, next, settings.requiredSignatures());
              if (!changes.isEmpty()) {
                LOG.warn("{} is not called as {} is: {}.", next.id(), newest.id(), changes);
              }
            });
  }

  /** With a stack trace of what a loader should not throw. */
  private void failed(ServableId id, ModelException failure, @Nullable Throwable unexpected) {
    if (versions.failed(id.version(), failure)) {
      LOG.warn(
          "{} It is tried again in {} ms.",
          failure.getMessage(),
          settings.retries().interval().toMillis(),
          unexpected);
    } else {
      LOG.error("{}", failure.getMessage(), unexpected);
    }
  }

  /** On the close thread. */
  private void close(long number, Leases leases, FitVersion version) {
    ServableId id = version.model().id();
    try {
      String memory = terms.memory().closing(version::close);
      LOG.info("{} is unloaded. {}", id, memory);
    } catch (RuntimeException | Error e) {
      LOG.error("{} did not close cleanly; its memory may not be given back.", id, e);
    }
    leaseWatch.remove(leases);
    post(() -> versions.closed(number));
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
      close.shutdown();
      events.shutdown();
    }
  }

  private void notifyListener(VersionListener listener, VersionStatus status) {
    try {
      listener.onTransition(status);
    } catch (RuntimeException e) {
      LOG.error("A listener failed on {}.", status, e);
    }
  }

  /** Of the lowest priority, where the virtual machine heeds it ({@code ThreadPriorityPolicy}). */
  @SuppressWarnings("ThreadPriorityCheck") // Nothing relies on it: it spares those who serve.
  private ThreadFactory loadThread() {
    ThreadFactory threads = threads("load");
    return task -> {
      Thread thread = threads.newThread(task);
      thread.setPriority(Thread.MIN_PRIORITY);
      return thread;
    };
  }

  private ThreadFactory threads(String role) {
    return task -> {
      Thread thread = new Thread(task, "penstock-" + settings.name() + "-" + role);
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Does what has been decided, on the thread whose work it is. */
  private final class Hands implements ModelVersions.Work {

    @Override
    public void load(ServableId id, AspiredVersion version) {
      load.execute(() -> terms.slots().run(() -> ModelRuntime.this.load(id, version)));
    }

    @Override
    public void unload(long version) {
      Leases leases = Objects.requireNonNull(available.remove(version));
      FitVersion retired = Objects.requireNonNull(fit.remove(version));
      var unused =
          leases
              .retire()
              .thenRunAsync(() -> ModelRuntime.this.close(version, leases, retired), close);
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
