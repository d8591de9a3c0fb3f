package io.penstock.model.source.directory;

import java.util.Optional;
import java.util.Set;
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
   * @param unreadable versions that are there and could not be looked at, which says nothing of
   *     their files: what is known of them stays
   * @param startNanos when the look began, by a monotonic clock
   * @param endNanos when it ended
   */
  record Scan(
      SortedMap<Long, VersionFiles> listing, Set<Long> unreadable, long startNanos, long endNanos) {

    /** Whether there is that version. */
    boolean contains(long version) {
      return listing.containsKey(version) || unreadable.contains(version);
    }
  }

  /**
   * What a version waits for that is not complete.
   *
   * @param byItself whether another look may find it complete although its files stay as they are
   */
  record Pending(String reason, boolean byItself) {

    /** It waits for other files. */
    static Pending files(String reason) {
      return new Pending(reason, false);
    }

    /** It waits for another look. */
    static Pending look(String reason) {
      return new Pending(reason, true);
    }
  }

  /**
   * What each version that was looked at and is not complete waits for. To be called once for each
   * scan, in order.
   */
  SortedMap<Long, Pending> pending(Scan scan);

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
  private static SortedMap<Long, Pending> withoutMarker(Scan scan, String marker) {
    SortedMap<Long, Pending> pending = new TreeMap<>();
    scan.listing()
        .forEach(
            (version, files) -> {
              Optional<String> missing =
                  files.isFile(marker)
                      ? files.missing()
                      : Optional.of("its marker " + marker + " is missing");
              missing.ifPresent(reason -> pending.put(version, Pending.files(reason)));
            });
    return pending;
  }
}
