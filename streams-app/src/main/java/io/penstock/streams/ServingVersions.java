package io.penstock.streams;

import io.penstock.batching.VersionBinding;
import io.penstock.pipeline.Serving;
import io.penstock.pipeline.ServingVersion;
import io.penstock.pipeline.Stragglers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The versions that a pipeline is ready to serve, and what it serves: one of them, or for a while
 * two that share the records by their timestamps. A cutover is one write of a volatile field: every
 * record processed after it is computed as it says. Thread-safe.
 */
final class ServingVersions implements ServingVersion {

  private final boolean refusesStragglers;
  private final Map<Long, VersionBinding> ready = new ConcurrentHashMap<>();
  private volatile @Nullable Serving current;

  /** Null: without a bound. */
  private volatile @Nullable Long knownUntilNanos;

  /** What that was when the fleet left the version that is current; null while it has not. */
  private volatile @Nullable Long leftUntilNanos;

  /** What {@link #current} is made of. Written by the control thread only. */
  private List<VersionBinding> cutOverTo = List.of();

  /**
   * With nothing ready.
   *
   * @param refusesStragglers whether records become dead letters whose version serves no more
   */
  ServingVersions(boolean refusesStragglers) {
    this.refusesStragglers = refusesStragglers;
  }

  /** A version is ready: it can be cut over to. */
  void ready(VersionBinding binding) {
    ready.put(binding.id().version(), binding);
  }

  /**
   * Cuts over, and forgets what served before; one that is being prepared meanwhile stays ready, be
   * it the version before: this instance may be a decision behind, and the fleet on its way back.
   *
   * @throws IllegalStateException if a version is not ready
   */
  void cutOver(ActiveVersions active) {
    VersionBinding next = required(active.version());
    VersionBinding latest = next.in(active.epoch());
    Stragglers stragglers = new Stragglers(active.stragglersBeforeMillis(), refusesStragglers);
    List<VersionBinding> before = cutOverTo;
    EarlierVersion earlier = active.earlier();
    if (earlier == null) {
      current = Serving.all(latest).with(stragglers);
      cutOverTo = List.of(next);
    } else {
      VersionBinding kept = required(earlier.version());
      current =
          Serving.shared(latest, kept.in(earlier.epoch()), earlier.untilMillis()).with(stragglers);
      cutOverTo = List.of(next, kept);
    }
    leftUntilNanos = null;
    for (VersionBinding left : before) {
      long number = left.id().version();
      if (cutOverTo.stream().noneMatch(binding -> binding.id().version() == number)) {
        ready.remove(number, left);
      }
    }
  }

  private VersionBinding required(long version) {
    VersionBinding binding = ready.get(version);
    if (binding == null) {
      throw new IllegalStateException("version " + version + " is not ready");
    }
    return binding;
  }

  /** Whether that version can be cut over to. */
  boolean isReady(long version) {
    return ready.containsKey(version);
  }

  /** A version will not be cut over to. */
  void forget(long version) {
    if (bindings().noneMatch(serving -> serving.id().version() == version)) {
      ready.remove(version);
    }
  }

  /** All that compute records now. */
  Stream<VersionBinding> bindings() {
    Serving serving = current;
    return serving == null
        ? Stream.of()
        : Stream.concat(Stream.of(serving.latest()), Stream.ofNullable(serving.earlier()));
  }

  /** What the fleet has decided counts as known until then, by {@link System#nanoTime}. */
  void known(long untilNanos) {
    knownUntilNanos = untilNanos;
  }

  /** The fleet serves another version: the current one is not known to serve for any longer. */
  void leave() {
    if (leftUntilNanos == null) {
      leftUntilNanos = knownUntilNanos;
    }
  }

  @Override
  public long knownForNanos(long nowNanos) {
    Long left = leftUntilNanos;
    Long until = left == null ? knownUntilNanos : left;
    return until == null ? Long.MAX_VALUE : until - nowNanos;
  }

  /** The version of the newest decision, if there is one. */
  Optional<VersionBinding> latest() {
    return Optional.ofNullable(current).map(Serving::latest);
  }

  @Override
  public VersionBinding current() {
    return serving().latest();
  }

  @Override
  public Serving serving() {
    Serving serving = current;
    if (serving == null) {
      throw new IllegalStateException("no version is active");
    }
    return serving;
  }
}
