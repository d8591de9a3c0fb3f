package io.penstock.model.source.directory;

import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is known about version directories after a scan: since when each has looked as it does now.
 * A version is settled when it is complete and two scans at least the settle period apart saw the
 * same files, sizes and times. The age of a file says nothing, since copies keep old times.
 *
 * <p>Immutable: {@link #next} gives the knowledge after the following scan.
 */
record SettledVersions(SortedMap<Long, Observation> observations) {

  /** What a directory held, and when the first scan that saw it so ended. */
  record Observation(VersionFiles files, long sinceNanos) {}

  /** Takes a version for complete when it has settled. Not thread-safe. */
  static final class SettledJudge implements Judge {

    private final long settleNanos;
    private SettledVersions seen = none();

    SettledJudge(long settleNanos) {
      this.settleNanos = settleNanos;
    }

    @Override
    public SortedMap<Long, String> pending(Scan scan) {
      // From the end of one scan to the start of another, so that a slow scan settles nothing
      // early.
      seen = seen.next(scan.listing(), scan.endNanos());
      SortedMap<Long, String> pending = new TreeMap<>();
      for (long version : scan.listing().keySet()) {
        seen.pending(version, scan.startNanos(), settleNanos)
            .ifPresent(reason -> pending.put(version, reason));
      }
      return pending;
    }
  }

  SettledVersions {
    observations = Collections.unmodifiableSortedMap(new TreeMap<>(observations));
  }

  /** Nothing seen yet. */
  static SettledVersions none() {
    return new SettledVersions(new TreeMap<>());
  }

  /**
   * The knowledge after another scan.
   *
   * @param listing what each version's directory holds now
   * @param endNanos when the scan ended, by a monotonic clock
   */
  SettledVersions next(SortedMap<Long, VersionFiles> listing, long endNanos) {
    SortedMap<Long, Observation> next = new TreeMap<>();
    listing.forEach(
        (version, files) -> {
          Observation before = observations.get(version);
          boolean unchanged = before != null && before.files().equals(files);
          next.put(version, unchanged ? before : new Observation(files, endNanos));
        });
    return new SettledVersions(next);
  }

  /**
   * What a version waits for; empty when it has settled.
   *
   * @param startNanos when the last scan started
   */
  Optional<String> pending(long version, long startNanos, long settleNanos) {
    Observation observation = observations.get(version);
    if (observation == null) {
      return Optional.of("it has not been seen");
    }
    Optional<String> missing = observation.files().missing();
    if (missing.isPresent()) {
      return missing;
    }
    return startNanos - observation.sinceNanos() >= settleNanos
        ? Optional.empty()
        : Optional.of("its files have not been unchanged for the settle period yet");
  }
}
