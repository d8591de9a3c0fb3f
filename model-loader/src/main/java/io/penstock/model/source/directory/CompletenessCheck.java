package io.penstock.model.source.directory;

import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.function.LongSupplier;

/**
 * Says once of version directories whether a {@link DirectorySource} would take them up, and by the
 * same rules: for whoever looks at a model before it is served. Not thread-safe.
 */
public final class CompletenessCheck {

  /** Waits; {@link Thread#sleep(long)} but in tests. */
  @FunctionalInterface
  interface Pause {
    void of(Duration duration) throws InterruptedException;
  }

  private final VersionScans scans;
  private final Duration settle;
  private final Links links;
  private final Pause pause;

  public CompletenessCheck(Completeness completeness, Links links) {
    // Rounded up, so that the period is over when the pause is.
    this(completeness, links, System::nanoTime, pause -> Thread.sleep(pause.toMillis() + 1));
  }

  CompletenessCheck(Completeness completeness, Links links, LongSupplier nanoTime, Pause pause) {
    this.scans = new VersionScans(completeness, nanoTime);
    this.settle =
        completeness instanceof Completeness.Settled settled ? settled.period() : Duration.ZERO;
    this.links = links;
    this.pause = pause;
  }

  /** The versions' directories under a base path, by number, as a source finds them. */
  public static SortedMap<Long, Path> versions(String model, Path basePath) throws IOException {
    return new VersionNames(model, basePath).find(basePath);
  }

  /** The version that a directory of that name is of; empty if it is of none. */
  public static OptionalLong version(String name) {
    return VersionNames.number(name);
  }

  /**
   * Judges versions. Takes as long as a source would: the settle period, or what it takes to read
   * every file that a manifest lists.
   *
   * @param basePath what links may not lead out of
   * @param directories of versions, by number
   * @return what is complete, and what the others lack
   * @throws IOException if there is no base path
   */
  public SourceReport.Aspired judge(Path basePath, SortedMap<Long, Path> directories)
      throws IOException, InterruptedException {
    Fence fence = new Fence(basePath.toRealPath(), links);
    SourceReport.Aspired before = scans.scan(directories, fence, true);
    pause.of(settle);
    SourceReport.Aspired now = scans.scan(directories, fence, true);
    // A scan compares one version with its manifest: there is another as long as that tells more.
    for (int scan = 1; scan < directories.size() && !now.equals(before); scan++) {
      before = now;
      now = scans.scan(directories, fence, true);
    }
    return now;
  }
}
