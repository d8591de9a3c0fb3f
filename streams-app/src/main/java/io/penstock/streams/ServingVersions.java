package io.penstock.streams;

import io.penstock.batching.VersionBinding;
import io.penstock.pipeline.ServingVersion;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The versions that a pipeline is ready to serve, and the one that it serves. A cutover is one
 * write of a volatile field: every record processed after it is computed by the new version.
 * Thread-safe.
 */
final class ServingVersions implements ServingVersion {

  private final Map<Long, VersionBinding> ready = new ConcurrentHashMap<>();
  private volatile @Nullable VersionBinding current;

  /** A version is ready: it can be cut over to. */
  void ready(VersionBinding binding) {
    ready.put(binding.id().version(), binding);
  }

  /**
   * Cuts over, and forgets the version before; one that is being prepared meanwhile stays ready.
   *
   * @throws IllegalStateException if the version is not ready
   */
  void cutOver(long version, long epoch) {
    VersionBinding next = ready.get(version);
    if (next == null) {
      throw new IllegalStateException("version " + version + " is not ready");
    }
    VersionBinding before = current;
    current = next.in(epoch);
    if (before != null && before.id().version() != version) {
      ready.remove(before.id().version());
    }
  }

  /** A version will not be cut over to. */
  void forget(long version) {
    VersionBinding serving = current;
    if (serving == null || serving.id().version() != version) {
      ready.remove(version);
    }
  }

  Optional<VersionBinding> serving() {
    return Optional.ofNullable(current);
  }

  @Override
  public VersionBinding current() {
    VersionBinding serving = current;
    if (serving == null) {
      throw new IllegalStateException("no version is active");
    }
    return serving;
  }
}
