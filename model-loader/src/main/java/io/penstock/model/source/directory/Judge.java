package io.penstock.model.source.directory;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Says of version directories which are complete. Remembers what earlier scans saw, where that
 * matters. Not thread-safe.
 */
interface Judge {

  /**
   * One look at every version's directory.
   *
   * @param listing what each holds, by version
   * @param startNanos when the look began, by a monotonic clock
   * @param endNanos when it ended
   */
  record Scan(SortedMap<Long, VersionFiles> listing, long startNanos, long endNanos) {}

  /**
   * What each version that is not complete waits for. To be called once for each scan, in order.
   */
  SortedMap<Long, String> pending(Scan scan);

  /** One that judges so. */
  static Judge of(Completeness completeness) {
    if (completeness instanceof Completeness.Marker marker) {
      return scan -> withoutMarker(scan, marker.fileName());
    }
    if (completeness instanceof Completeness.Settled settled) {
      return new SettledVersions.SettledJudge(settled.period().toNanos());
    }
    return new ManifestJudge();
  }

  /** The marker is made last, so whatever is read after it was seen is whole. */
  private static SortedMap<Long, String> withoutMarker(Scan scan, String marker) {
    SortedMap<Long, String> pending = new TreeMap<>();
    scan.listing()
        .forEach(
            (version, files) -> {
              Optional<String> missing =
                  files.isFile(marker)
                      ? files.missing()
                      : Optional.of("its marker " + marker + " is missing");
              missing.ifPresent(reason -> pending.put(version, reason));
            });
    return pending;
  }
}
