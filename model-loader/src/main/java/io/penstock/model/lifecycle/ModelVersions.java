package io.penstock.model.lifecycle;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.lifecycle.AvailabilityPreservingPolicy.Action;
import io.penstock.model.lifecycle.AvailabilityPreservingPolicy.Candidate;
import io.penstock.model.lifecycle.AvailabilityPreservingPolicy.Claim;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The versions of one model, who wants them, and what is to become of them. Every message (a scan's
 * report, a caller's wish, the end of a load or a close) updates what is known; then the policy is
 * asked for actions until it has none.
 *
 * <p>Not thread-safe: all calls on the model's event thread, but for {@link #statuses} and {@link
 * #aspired}. Does no work itself and never blocks.
 */
final class ModelVersions {

  /** Does what has been decided. Each order is answered later by a message. */
  interface Work {

    /** Load and warm up; answered by {@link #loaded} or {@link #failed}. */
    void load(ServableId id, AspiredVersion version);

    /** Give no more leases, drain, close; answered by {@link #closed}. */
    void unload(long version);

    /** A version has changed its state. Not answered. */
    void changed(VersionStatus status);
  }

  /** A version that is or was on its way. */
  private static final class Servable {
    final AspiredVersion source;
    VersionStatus status;
    @Nullable ServableVersion loaded;

    Servable(AspiredVersion source, VersionStatus status) {
      this.source = source;
      this.status = status;
    }
  }

  private final ModelSettings settings;
  private final InstantSource clock;
  private final Work work;
  private final SortedMap<Long, Servable> servables = new TreeMap<>();
  private final Map<Long, List<CompletableFuture<ServableVersion>>> waiting = new HashMap<>();
  private Set<Long> retained = Set.of();
  private SourceReport latest = new SourceReport.Unavailable("no scan has ended yet");
  // Outlives reports of an unavailable source: those say nothing about what is aspired.
  private volatile SourceReport.Aspired aspired =
      new SourceReport.Aspired(Collections.emptySortedMap(), Collections.emptySortedMap());
  private boolean stopped;
  private volatile SortedMap<Long, VersionStatus> statuses = Collections.emptySortedMap();

  ModelVersions(ModelSettings settings, InstantSource clock, Work work) {
    this.settings = settings;
    this.clock = clock;
    this.work = work;
  }

  /** The state of every version that is known. Immutable; may be called by any thread. */
  SortedMap<Long, VersionStatus> statuses() {
    return statuses;
  }

  /**
   * Every version that the source last had complete, whatever the version policy says of it.
   * Immutable; may be called by any thread.
   */
  SortedMap<Long, AspiredVersion> aspired() {
    return aspired.versions();
  }

  /** Whether it was stopped and every version has reached its end. */
  boolean isTerminated() {
    return stopped
        && servables.values().stream().allMatch(s -> s.status.state() == VersionState.END);
  }

  /** A scan has ended. */
  void reported(SourceReport report) {
    latest = report;
    if (report instanceof SourceReport.Aspired found) {
      aspired = found;
      servables
          .values()
          .removeIf(
              s -> s.status.state() == VersionState.END && !found.contains(s.source.version()));
      publish();
      Set.copyOf(waiting.keySet()).stream()
          .filter(version -> !servables.containsKey(version) && !found.contains(version))
          .forEach(version -> refuse(version, notFound(version)));
    }
    advance();
  }

  /** These versions, and no others, must be or stay loaded whatever the version policy says. */
  void retain(Set<Long> versions) {
    retained = Set.copyOf(versions);
    advance();
  }

  /** Whether a version is available now. */
  Optional<ServableVersion> available(long version) {
    Servable servable = servables.get(version);
    return servable != null && servable.status.state() == VersionState.AVAILABLE
        ? Optional.ofNullable(servable.loaded)
        : Optional.empty();
  }

  /**
   * Somebody waits for a version. To be asked after a scan that began after the request, since that
   * scan decides whether the version is there at all.
   */
  void await(long version, CompletableFuture<ServableVersion> future) {
    Optional<ServableVersion> available = available(version);
    if (available.isPresent()) {
      future.complete(available.get());
      return;
    }
    boolean onItsWay =
        servables.containsKey(version) && servable(version).status.state() != VersionState.END;
    if (stopped || !(onItsWay || latest.contains(version))) {
      future.completeExceptionally(stopped ? closed(settings.name()) : notFound(version));
      return;
    }
    if (!onItsWay) {
      // Asking again is asking to try again what has failed.
      servables.remove(version);
      publish();
    }
    waiting.computeIfAbsent(version, v -> new ArrayList<>()).add(future);
    advance();
  }

  /** A load has succeeded: the version can be leased. */
  void loaded(long version, ServableVersion model) {
    Servable servable = servable(version);
    servable.loaded = model;
    transition(servable, status -> status.available(now()));
    waiters(version).forEach(waiter -> waiter.complete(model));
    advance();
  }

  /** A load has failed. Everything else is as it was. */
  void failed(long version, ModelException error) {
    String reason = Objects.requireNonNullElse(error.getMessage(), error.toString());
    transition(servable(version), status -> status.failed(now(), reason));
    refuse(version, error);
    advance();
  }

  /** A version's memory has been given back. */
  void closed(long version) {
    Servable servable = servable(version);
    servable.loaded = null;
    transition(servable, status -> status.ended(now()));
    advance();
  }

  /** Unloads everything and begins nothing new. */
  void stop() {
    stopped = true;
    Set.copyOf(waiting.keySet()).forEach(version -> refuse(version, closed(settings.name())));
    advance();
  }

  private void advance() {
    if (stopped) {
      inState(VersionState.START).forEach(s -> transition(s, status -> status.ended(now())));
      inState(VersionState.AVAILABLE).forEach(this::unload);
      return;
    }
    refreshStarts();
    Optional<Action> next = AvailabilityPreservingPolicy.next(snapshot());
    while (next.isPresent()) {
      perform(next.get());
      next = AvailabilityPreservingPolicy.next(snapshot());
    }
  }

  private void perform(Action action) {
    if (action instanceof Action.Load load) {
      Servable servable = servable(load.version());
      transition(servable, status -> status.loading(now()));
      work.load(servable.status.id(), servable.source);
    } else if (action instanceof Action.Unload unload) {
      unload(servable(unload.version()));
    }
  }

  private void unload(Servable servable) {
    transition(servable, status -> status.unloading(now()));
    work.unload(servable.source.version());
  }

  /** Brings the versions that are about to be loaded in line with what is wanted and there. */
  private void refreshStarts() {
    Set<Long> selected = selected();
    inState(VersionState.START)
        .forEach(
            servable -> {
              long version = servable.source.version();
              if (claim(version, selected) == Claim.NONE
                  || !servable.source.equals(aspired.versions().get(version))) {
                transition(servable, status -> status.ended(now()));
              }
            });
    aspired
        .versions()
        .forEach(
            (version, source) -> {
              Servable known = servables.get(version);
              if (claim(version, selected) != Claim.NONE
                  && (known == null || mayStart(known, source))) {
                ServableId id = new ServableId(settings.name(), version);
                Servable servable = new Servable(source, VersionStatus.start(id, now()));
                servables.put(version, servable);
                announce(servable.status);
              }
            });
  }

  /** A version that ended may start again; one that failed, once its files have changed. */
  private static boolean mayStart(Servable known, AspiredVersion source) {
    return known.status.state() == VersionState.END
        && (known.status.error().isEmpty() || !known.source.revision().equals(source.revision()));
  }

  private List<Candidate> snapshot() {
    Set<Long> selected = selected();
    return servables.values().stream()
        .map(
            s ->
                new Candidate(
                    s.source.version(), s.status.state(), claim(s.source.version(), selected)))
        .toList();
  }

  private Claim claim(long version, Set<Long> selected) {
    if (retained.contains(version) || waiting.containsKey(version)) {
      return Claim.RETAINED;
    }
    return selected.contains(version) ? Claim.ASPIRED : Claim.NONE;
  }

  /** What the version policy wants. A loaded version whose files are being changed still counts. */
  private Set<Long> selected() {
    Set<Long> candidates = new TreeSet<>(aspired.versions().keySet());
    servables.forEach(
        (version, servable) -> {
          if (servable.loaded != null && aspired.pending().containsKey(version)) {
            candidates.add(version);
          }
        });
    return settings.versions().select(candidates);
  }

  private void transition(Servable servable, UnaryOperator<VersionStatus> step) {
    servable.status = step.apply(servable.status);
    announce(servable.status);
  }

  private void announce(VersionStatus status) {
    publish();
    work.changed(status);
  }

  private void publish() {
    SortedMap<Long, VersionStatus> all = new TreeMap<>();
    servables.forEach((version, servable) -> all.put(version, servable.status));
    statuses = Collections.unmodifiableSortedMap(all);
  }

  private List<Servable> inState(VersionState state) {
    return servables.values().stream().filter(s -> s.status.state() == state).toList();
  }

  private Servable servable(long version) {
    return Objects.requireNonNull(servables.get(version), () -> "no version " + version);
  }

  private List<CompletableFuture<ServableVersion>> waiters(long version) {
    List<CompletableFuture<ServableVersion>> waiters = waiting.remove(version);
    return waiters == null ? List.of() : waiters;
  }

  private void refuse(long version, ModelException reason) {
    waiters(version).forEach(waiter -> waiter.completeExceptionally(reason));
  }

  private Instant now() {
    return clock.instant();
  }

  private ModelException notFound(long version) {
    return new ModelException(
        latest instanceof SourceReport.Unavailable unavailable
            ? unavailable.reason()
            : ("No version %d of servable %s found under base path %s (found: %s). Copy it there,"
                    + " or ask for one that is there.")
                .formatted(version, settings.name(), settings.basePath(), latest.describe()));
  }

  /** The answer to whoever asks too late. */
  static ModelException closed(String model) {
    return new ModelException("Servable " + model + " is closed: this process is stopping.");
  }
}
