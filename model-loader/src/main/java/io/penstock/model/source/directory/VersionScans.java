package io.penstock.model.source.directory;

import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Looks at version directories again and again, and says which of them are complete. Not
 * thread-safe.
 */
final class VersionScans {

  private final Judge judge;
  private final LongSupplier nanoTime;

  /**
   * Scans that remember what earlier ones saw, where that matters.
   *
   * @param nanoTime a monotonic clock such as {@link System#nanoTime}
   */
  VersionScans(Completeness completeness, LongSupplier nanoTime) {
    this.judge = Judge.of(completeness);
    this.nanoTime = nanoTime;
  }

  /** Looks once at these directories, following links as far as the fence lets it. */
  SourceReport.Aspired scan(SortedMap<Long, Path> directories, Fence fence) {
    SortedMap<Long, VersionFiles> listing = new TreeMap<>();
    SortedMap<Long, String> pending = new TreeMap<>();
    long startNanos = nanoTime.getAsLong();
    directories.forEach(
        (version, directory) -> {
          try {
            listing.put(version, VersionFiles.list(directory, fence));
          } catch (Fence.StrayLinkException e) {
            pending.put(version, String.valueOf(e.getMessage()));
          } catch (IOException e) {
            pending.put(version, "it could not be read: " + e);
          }
        });
    pending.putAll(judge.pending(new Judge.Scan(listing, startNanos, nanoTime.getAsLong())));
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    listing.forEach(
        (version, files) -> {
          if (!pending.containsKey(version)) {
            aspired.put(version, new AspiredVersion(version, files.directory(), files.revision()));
          }
        });
    return new SourceReport.Aspired(aspired, pending);
  }
}
