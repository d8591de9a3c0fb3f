package io.penstock.streams;

import io.penstock.batching.VersionBinding;
import io.penstock.pipeline.Serving;
import io.penstock.pipeline.ServingVersion;
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

  private final Map<Long, VersionBinding> ready = new ConcurrentHashMap<>();
  private volatile @Nullable Serving current;

  /** Null: without a bound. */
  private volatile @Nullable Long knownUntilNanos;

  /** What that was when the fleet left the version that is current; null while it has not. */
  private volatile @Nullable Long leftUntilNanos;

  /** What {@link #current} is made of. Written by the control thread only. */
  private List<VersionBinding> cutOverTo = List.of();

  /** A version is ready: it can be cut over to. */
  void ready(VersionBinding binding) {
    ready.put(binding.id().version(), binding);
  }

  /**
   * Cuts over, and forgets what served before; one that is being prepared meanwhile stays ready, be
   * it the version before: this instance may be a decision behind, and the fleet on its way back.
   *
   * @param earlier what still serves records from before some time; null: nothing
   * @throws IllegalStateException if a version is not ready
   */
  void cutOver(long version, long epoch, @Nullable EarlierVersion earlier) {
    VersionBinding next = required(version);
    List<VersionBinding> before = cutOverTo;
    if (earlier == null) {
      current = Serving.all(next.in(epoch));
      cutOverTo = List.of(next);
    } else {
      VersionBinding kept = required(earlier.version());
      current = new Serving(next.in(epoch), kept.in(earlier.epoch()), earlier.untilMillis());
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
