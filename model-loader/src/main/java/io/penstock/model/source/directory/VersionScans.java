package io.penstock.model.source.directory;

import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Looks at version directories again and again, and says which of them are complete. Not
 * thread-safe.
 */
final class VersionScans {

  private static final long LEAST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Longer than any poll interval that makes sense: then the polls alone look. */
  private static final long MOST_PAUSE_NANOS = TimeUnit.HOURS.toNanos(1);

  private final Judge judge;
  private final long leastPauseNanos;
  private final LongSupplier nanoTime;

  /** What complete versions were made of when they were listed last. */
  private SortedMap<Long, VersionFiles> complete = Collections.emptySortedMap();

  private Incomplete incomplete = Incomplete.NOTHING;
  private long pauseNanos;
  private long endNanos;

  /** What those versions looked like that may become complete, and may not be far from it. */
  private record Incomplete(
      SortedMap<Long, VersionFiles> files, SortedMap<Long, String> unreadable) {

    static final Incomplete NOTHING =
        new Incomplete(Collections.emptySortedMap(), Collections.emptySortedMap());
  }

  /**
   * Scans that remember what earlier ones saw, where that matters.
   *
   * @param nanoTime a monotonic clock such as {@link System#nanoTime}
   */
  VersionScans(Completeness completeness, LongSupplier nanoTime) {
    this.judge = Judge.of(completeness);
    this.leastPauseNanos = Math.max(LEAST_PAUSE_NANOS, settleNanos(completeness));
    this.nanoTime = nanoTime;
  }

  /**
   * Looks once at these directories, following links as far as the fence lets it.
   *
   * @param all whether also at those that were complete, and are where they were
   */
  SourceReport.Aspired scan(SortedMap<Long, Path> directories, Fence fence, boolean all) {
    SortedMap<Long, VersionFiles> listing = new TreeMap<>();
    SortedMap<Long, String> unreadable = new TreeMap<>();
    SortedMap<Long, String> stray = new TreeMap<>();
    long startNanos = nanoTime.getAsLong();
    directories.forEach(
        (version, directory) -> {
          try {
            listing.put(
                version,
                all ? VersionFiles.list(directory, fence) : list(version, directory, fence));
          } catch (Fence.StrayLinkException e) {
            stray.put(version, String.valueOf(e.getMessage()));
          } catch (IOException e) {
            unreadable.put(version, "it could not be read: " + e);
          }
        });
    endNanos = nanoTime.getAsLong();
    SortedMap<Long, Judge.Pending> judged =
        judge.pending(new Judge.Scan(listing, unreadable.keySet(), startNanos, endNanos));
    remember(listing, judged, unreadable);
    SortedMap<Long, String> pending = new TreeMap<>(unreadable);
    pending.putAll(stray);
    judged.forEach((version, waits) -> pending.put(version, waits.reason()));
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    listing.forEach(
        (version, files) -> {
          if (!pending.containsKey(version)) {
            aspired.put(version, new AspiredVersion(version, files.directory(), files.revision()));
          }
        });
    return new SourceReport.Aspired(aspired, pending);
  }

  private VersionFiles list(long version, Path directory, Fence fence) throws IOException {
    VersionFiles known = complete.get(version);
    return known != null && known.directory().equals(fence.follow(directory))
        ? known
        : VersionFiles.list(directory, fence);
  }

  /** A copy that rests, and for which no time runs, is looked at less and less. */
  private void remember(
      SortedMap<Long, VersionFiles> listing,
      SortedMap<Long, Judge.Pending> judged,
      SortedMap<Long, String> unreadable) {
    complete = new TreeMap<>(listing);
    complete.keySet().removeAll(judged.keySet());
    SortedMap<Long, VersionFiles> files = new TreeMap<>(listing);
    files.keySet().retainAll(judged.keySet());
    Incomplete before = incomplete;
    incomplete = new Incomplete(files, unreadable);
    boolean rests =
        incomplete.equals(before) && judged.values().stream().noneMatch(Judge.Pending::byItself);
    pauseNanos = rests ? Math.min(2 * pauseNanos, MOST_PAUSE_NANOS) : leastPauseNanos;
  }

  /**
   * Whether a version may have become complete since the last scan, which found that it was not: a
   * copy that ends gives no event.
   */
  boolean mayHaveSettled() {
    return !incomplete.equals(Incomplete.NOTHING) && nanoTime.getAsLong() - endNanos >= pauseNanos;
  }

  private static long settleNanos(Completeness completeness) {
    return completeness instanceof Completeness.Settled settled ? settled.period().toNanos() : 0;
  }
}
