package io.penstock.model.source.directory;

import java.util.Collections;
import java.util.Objects;
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
    public SortedMap<Long, Pending> pending(Scan scan) {
      // From the end of one scan to the start of another, so that a slow scan settles nothing
      // early.
      seen = seen.next(scan);
      SortedMap<Long, Pending> pending = new TreeMap<>();
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

  /** The knowledge after another scan. Of what could not be looked at, it is what it was. */
  SettledVersions next(Judge.Scan scan) {
    SortedMap<Long, Observation> next = new TreeMap<>(observations);
    next.keySet().retainAll(scan.unreadable());
    scan.listing()
        .forEach(
            (version, files) -> {
              Observation before = observations.get(version);
              boolean unchanged = before != null && before.files().equals(files);
              next.put(version, unchanged ? before : new Observation(files, scan.endNanos()));
            });
    return new SettledVersions(next);
  }

  /**
   * What a version that the last scan saw waits for; empty when it has settled.
   *
   * @param startNanos when the last scan started
   */
  Optional<Judge.Pending> pending(long version, long startNanos, long settleNanos) {
    Observation observation = Objects.requireNonNull(observations.get(version));
    Optional<String> missing = observation.files().missing();
    if (missing.isPresent()) {
      return missing.map(Judge.Pending::files);
    }
    return startNanos - observation.sinceNanos() >= settleNanos
        ? Optional.empty()
        : Optional.of(
            Judge.Pending.look("its files have not been unchanged for the settle period yet"));
  }
}
