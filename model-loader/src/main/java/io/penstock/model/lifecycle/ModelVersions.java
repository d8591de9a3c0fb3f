package io.penstock.model.lifecycle;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import io.penstock.model.ServableVersion;
import io.penstock.model.lifecycle.Candidate.Claim;
import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;

/**
 * The versions of one model, who wants them, and what is to become of them. Every message (a scan's
 * report, a caller's wish, the end of a load or a close) updates what is known; then the policy is
 * asked for actions until it has none.
 *
 * <p>Not thread-safe: all calls on the model's event thread, but for {@link #statuses}, {@link
 * #aspired}, {@link #pending} and {@link #failedLoads}. Does no work itself and never blocks.
 */
final class ModelVersions {

  /** Does what has been decided. Each order is answered later by a message. */
  interface Work {

    /** Load and warm up; answered by {@link #loaded} or {@link #failed}. */
    void load(ServableId id, AspiredVersion version);

    /** Give no more leases, drain, close; answered by {@link #closed}. */
    void unload(long version);

    /** Tell the source which versions are wanted. Not answered. */
    void wanted(Set<Long> versions);

    /** Run something on the event thread after a while. */
    void later(Duration delay, Runnable event);

    /** A version has changed its state. Not answered. */
    void changed(VersionStatus status);
  }

  private final ModelSettings settings;
  private final InstantSource clock;
  private final Work work;
  private final SortedMap<Long, Servable> servables = new TreeMap<>();
  private final Waiters waiters = new Waiters();
  private Set<Long> retained = Set.of();
  private Set<Long> excluded = Set.of();
  private SourceReport latest = new SourceReport.Unavailable("no scan has ended yet");
  // Outlives reports of an unavailable source: those say nothing about what is aspired.
  private volatile SourceReport.Aspired aspired =
      new SourceReport.Aspired(Collections.emptySortedMap(), Collections.emptySortedMap());
  private volatile SortedMap<Long, AspiredVersion> proposable = Collections.emptySortedMap();
  private Set<Long> wanted = Set.of();
  private int rests;
  private boolean stopped;
  private final AtomicLong failedLoads = new AtomicLong();
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
   * Every version that the source last had complete and that the version policy lets serve, loaded
   * or not. Immutable; may be called by any thread.
   */
  SortedMap<Long, AspiredVersion> aspired() {
    return proposable;
  }

  /**
   * Every version that is there and not complete, with what it waits for. Immutable; may be called
   * by any thread.
   */
  SortedMap<Long, String> pending() {
    return aspired.pending();
  }

  /** Whether it was stopped and every version has reached its end. */
  boolean isTerminated() {
    return stopped
        && servables.values().stream().allMatch(servable -> servable.is(VersionState.END));
  }

  /** A scan has ended. */
  void reported(SourceReport report) {
    latest = report;
    if (report instanceof SourceReport.Aspired found) {
      aspired = found;
      proposable = servingAllowed(found.versions());
      servables.values().removeIf(s -> s.is(VersionState.END) && !found.contains(s.version()));
      publish();
      waiters.versions().stream()
          .filter(version -> !servables.containsKey(version) && !found.contains(version))
          .forEach(version -> waiters.refuse(version, notFound(version)));
    }
    advance();
  }

  /**
   * These versions, and no others, must be or stay loaded whatever the version policy says. To want
   * one anew is to try again what has failed.
   */
  void retain(Set<Long> versions) {
    servables.values().stream()
        .filter(s -> versions.contains(s.version()) && !retained.contains(s.version()))
        .forEach(Servable::beginAnew);
    retained = Set.copyOf(versions);
    advance();
  }

  /** Somebody wants a version that others may want already: what has failed is tried again. */
  void tryAgain(long version) {
    Servable servable = servables.get(version);
    if (servable != null) {
      servable.beginAnew();
      advance();
    }
  }

  /** These versions, and no others, are not loaded because the version policy selects them. */
  void exclude(Set<Long> versions) {
    excluded = Set.copyOf(versions);
    advance();
  }

  /** What the source last said of a version that is complete; may be called by any thread. */
  Optional<AspiredVersion> source(long version) {
    return Optional.ofNullable(aspired.versions().get(version));
  }

  /** Whether a version is available now. */
  Optional<ServableVersion> available(long version) {
    Servable servable = servables.get(version);
    return servable != null && servable.is(VersionState.AVAILABLE)
        ? Optional.ofNullable(servable.loaded())
        : Optional.empty();
  }

  /**
   * Somebody waits for a version. To be asked after a scan that began after the request, since that
   * scan decides whether the version is there at all.
   */
  void await(long version, CompletableFuture<ServableVersion> future) {
    if (future.isDone()) {
      return;
    }
    Optional<ServableVersion> available = available(version);
    if (available.isPresent()) {
      future.complete(available.get());
      return;
    }
    boolean onItsWay = servables.containsKey(version) && !servable(version).is(VersionState.END);
    if (stopped || !(onItsWay || latest.contains(version))) {
      future.completeExceptionally(stopped ? closed(settings.name()) : notFound(version));
      return;
    }
    // Asking again is asking to try again what has failed.
    if (onItsWay) {
      servable(version).beginAnew();
    } else {
      servables.remove(version);
      publish();
    }
    waiters.add(version, future);
    advance();
  }

  /** Somebody waits no longer, or has not for a while. */
  void forsake(long version, CompletableFuture<ServableVersion> future) {
    if (waiters.forsake(version, future)) {
      advance();
    }
  }

  /** A load has succeeded: the version can be leased. */
  void loaded(long version, ServableVersion model) {
    Servable servable = servable(version);
    servable.hold(model);
    transition(servable, status -> status.available(now()));
    waiters.complete(version, model);
    advance();
  }

  /**
   * A load has failed. If that may pass it is tried again, after a rest in which other versions may
   * load; whoever waits is told once it has failed too often. Everything else is as it was.
   *
   * @return how long it rests; empty if it is not tried again by itself
   */
  Optional<Duration> failed(long version, ModelException error) {
    String reason = Objects.requireNonNullElse(error.getMessage(), error.toString());
    Servable servable = servable(version);
    Optional<Duration> rest = Optional.empty();
    boolean last = true;
    if (!stopped) {
      failedLoads.incrementAndGet();
    }
    if (!stopped && error instanceof RetriableModelException) {
      rest = Optional.of(servable.restAfterFailure(settings.retries(), ++rests));
      last = settings.retries().areSpentAfter(servable.failedLoads());
      transition(servable, status -> status.retrying(now(), reason));
      endLater(servable, rest.get());
    } else {
      servable.fail();
      transition(servable, status -> status.failed(now(), reason));
    }
    if (last) {
      waiters.refuse(version, error);
    }
    advance();
    return rest;
  }

  /**
   * A load does not come back, or none is begun before one does. Whoever waits is told at once, and
   * the version rests until then.
   */
  void hung(long version, ModelException error) {
    if (stopped) {
      failed(version, error);
      return;
    }
    failedLoads.incrementAndGet();
    Servable servable = servable(version);
    var unused = servable.restAfterFailure(settings.retries(), ++rests);
    String reason = String.valueOf(error.getMessage());
    transition(servable, status -> status.retrying(now(), reason));
    waiters.refuse(version, error);
    advance();
  }

  /**
   * What a version waited for has come back: it is loaded after a rest as after any failure, since
   * the load may have been slow, no more, and be it again.
   */
  void cameBack(long version) {
    Servable servable = servables.get(version);
    if (servable != null && servable.is(VersionState.START) && servable.isResting()) {
      endLater(servable, settings.retries().restAfter(servable.failedLoads()));
    }
  }

  /** How many loads have failed; may be called by any thread. */
  long failedLoads() {
    return failedLoads.get();
  }

  /**
   * There is no room for a version before another has gone. Nothing has failed: it waits, while
   * other versions may load.
   */
  void postponed(long version, ModelException reason) {
    if (stopped) {
      failed(version, reason);
      return;
    }
    Servable servable = servable(version);
    servable.rest(++rests);
    String why = String.valueOf(reason.getMessage());
    transition(servable, status -> status.retrying(now(), why));
    advance();
  }

  /** What a version waited for, or failed for the lack of: it may be worth another try. */
  void roomMade(long version) {
    Servable servable = servables.get(version);
    if (servable != null && servable.is(VersionState.START)) {
      servable.endRest();
      advance();
    }
  }

  /**
   * What was loaded is not what the source had reported. Until it reports the version anew, that is
   * not complete; then it begins anew, with all its retries: at once, or after a rest if it was so
   * the last time.
   */
  void changed(AspiredVersion files, ModelException error) {
    if (stopped) {
      failed(files.version(), error);
      return;
    }
    aspired = aspired.withdraw(files, "its files have changed since they were found complete");
    proposable = servingAllowed(aspired.versions());
    String reason = String.valueOf(error.getMessage());
    Servable servable = servable(files.version());
    Optional<Duration> rest = servable.restIfItKeepsChanging(++rests);
    transition(servable, status -> status.retrying(now(), reason));
    rest.ifPresent(duration -> endLater(servable, duration));
    advance();
  }

  /** Ends the rest that the version is in now, and no later one. */
  private void endLater(Servable servable, Duration rest) {
    long version = servable.version();
    int number = servable.rest();
    work.later(rest, () -> endRest(version, number));
  }

  private void endRest(long version, int number) {
    Servable servable = servables.get(version);
    if (servable != null && servable.isResting(number)) {
      servable.endRest();
      advance();
    }
  }

  /** A version's memory has been given back. */
  void closed(long version) {
    Servable servable = servable(version);
    servable.hold(null);
    transition(servable, status -> status.ended(now()));
    advance();
  }

  /** Unloads everything and begins nothing new. */
  void stop() {
    stopped = true;
    waiters.versions().forEach(version -> waiters.refuse(version, closed(settings.name())));
    advance();
  }

  private void advance() {
    if (stopped) {
      inState(VersionState.START).forEach(s -> transition(s, status -> status.ended(now())));
      inState(VersionState.AVAILABLE).forEach(this::unload);
      return;
    }
    tellWhatIsWanted();
    refreshStarts();
    Optional<Action> next = settings.transition().next(snapshot());
    while (next.isPresent()) {
      perform(next.get());
      next = settings.transition().next(snapshot());
    }
  }

  /** Also what would be selected if it were complete: a source may wait to be told to fetch it. */
  private void tellWhatIsWanted() {
    Set<Long> candidates = new TreeSet<>(aspired.versions().keySet());
    candidates.addAll(aspired.pending().keySet());
    Set<Long> now = selected(candidates);
    now.addAll(selected());
    now.addAll(retained);
    now.addAll(waiters.versions());
    inState(VersionState.LOADING).forEach(servable -> now.add(servable.version()));
    if (!now.equals(wanted)) {
      wanted = Set.copyOf(now);
      work.wanted(wanted);
    }
  }

  private void perform(Action action) {
    if (action instanceof Action.Load load) {
      Servable servable = servable(load.version());
      transition(servable, status -> status.loading(now()));
      work.load(servable.status().id(), servable.source());
    } else if (action instanceof Action.Unload unload) {
      unload(servable(unload.version()));
    }
  }

  private void unload(Servable servable) {
    transition(servable, status -> status.unloading(now()));
    work.unload(servable.version());
  }

  /** Brings the versions that are about to be loaded in line with what is wanted and there. */
  private void refreshStarts() {
    Set<Long> selected = selected();
    inState(VersionState.START)
        .forEach(
            servable -> {
              long version = servable.version();
              if (claim(version, selected) == Claim.NONE
                  || !servable.source().equals(aspired.versions().get(version))) {
                transition(servable, status -> status.ended(now()));
              }
            });
    aspired
        .versions()
        .forEach(
            (version, source) -> {
              Servable known = servables.get(version);
              if (claim(version, selected) != Claim.NONE
                  && (known == null || known.mayStartAgain(source))) {
                Servable servable = known == null ? begin(source) : known.again(source, now());
                servables.put(version, servable);
                announce(servable.status());
              }
            });
  }

  private Servable begin(AspiredVersion source) {
    ServableId id = new ServableId(settings.name(), source.version());
    return new Servable(source, VersionStatus.start(id, now()));
  }

  private List<Candidate> snapshot() {
    Set<Long> selected = selected();
    return servables.values().stream()
        .filter(servable -> !servable.isResting())
        .map(
            servable ->
                new Candidate(
                    servable.version(),
                    servable.status().state(),
                    claim(servable.version(), selected)))
        .toList();
  }

  private Claim claim(long version, Set<Long> selected) {
    if (retained.contains(version) || waiters.isWaitedFor(version)) {
      return Claim.RETAINED;
    }
    return selected.contains(version) ? Claim.ASPIRED : Claim.NONE;
  }

  /** What the version policy wants. A loaded version whose files are being changed still counts. */
  private Set<Long> selected() {
    Set<Long> candidates = new TreeSet<>(aspired.versions().keySet());
    servables.forEach(
        (version, servable) -> {
          if (servable.loaded() != null && aspired.pending().containsKey(version)) {
            candidates.add(version);
          }
        });
    return selected(candidates);
  }

  private Set<Long> selected(Set<Long> candidates) {
    Set<Long> selected = new TreeSet<>(settings.versions().select(candidates));
    selected.removeAll(excluded);
    return selected;
  }

  private SortedMap<Long, AspiredVersion> servingAllowed(SortedMap<Long, AspiredVersion> all) {
    SortedMap<Long, AspiredVersion> allowed = new TreeMap<>(all);
    allowed.keySet().removeIf(version -> !settings.versions().allows(version));
    return Collections.unmodifiableSortedMap(allowed);
  }

  private void transition(Servable servable, UnaryOperator<VersionStatus> step) {
    servable.moveTo(step.apply(servable.status()));
    announce(servable.status());
  }

  private void announce(VersionStatus status) {
    publish();
    work.changed(status);
  }

  private void publish() {
    SortedMap<Long, VersionStatus> all = new TreeMap<>();
    servables.forEach((version, servable) -> all.put(version, servable.status()));
    statuses = Collections.unmodifiableSortedMap(all);
  }

  private List<Servable> inState(VersionState state) {
    return servables.values().stream().filter(servable -> servable.is(state)).toList();
  }

  private Servable servable(long version) {
    return Objects.requireNonNull(servables.get(version), () -> "no version " + version);
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
