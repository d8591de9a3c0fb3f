package io.penstock.model.source.directory;

import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one directory per version, named by a plain number: {@code /models/digits/2}.
 * Leading zeros and gaps are fine; other names are ignored, each with one line in the log. A
 * version is aspired once it is complete.
 *
 * <p>The base path may be a link, and links below it are followed as far as {@link Links} lets
 * them. A version is reported by its real path, so that one which is being loaded stays the same
 * when a link is swapped.
 *
 * <p>Not thread-safe, but for {@link #hasChanged}.
 */
public final class DirectorySource implements ModelSource {

  private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);

  private final String model;
  private final Path basePath;
  private final Links links;
  private final VersionScans scans;
  private final VersionNames names;
  private final DirectoryEvents events;

  /** Whether the next scan comes of a hint, and has to look only at what that may be about. */
  private boolean hinted;

  /**
   * A source over a base path, which need not exist yet.
   *
   * @param nanoTime a monotonic clock such as {@link System#nanoTime}
   */
  public DirectorySource(
      String model, Path basePath, Completeness completeness, Links links, LongSupplier nanoTime) {
    this.model = Objects.requireNonNull(model, "model");
    this.basePath = Objects.requireNonNull(basePath, "basePath");
    this.links = Objects.requireNonNull(links, "links");
    this.scans = new VersionScans(completeness, nanoTime);
    this.names = new VersionNames(model, basePath);
    this.events = DirectoryEvents.open(model);
  }

  @Override
  public SourceReport scan() {
    boolean all = !hinted;
    hinted = false;
    Path realPath;
    SortedMap<Long, Path> directories;
    try {
      realPath = basePath.toRealPath();
      directories = names.find(realPath);
    } catch (IOException e) {
      events.listenTo(Set.of());
      return new SourceReport.Unavailable(
          Files.isDirectory(basePath)
              ? "Could not read base path %s for servable %s: %s. Check its permissions."
                  .formatted(basePath, model, e)
              : "Could not find base path %s for servable %s (expected: a directory with one"
                      .formatted(basePath, model)
                  + " directory per version, eg. '/1/'). Check the model's path.");
    }
    if (directories.isEmpty()) {
      events.listenTo(Set.of(realPath));
      // TensorFlow Serving's own words: file_system_storage_path_source.cc
      return new SourceReport.Unavailable(
          "No versions of servable %s found under base path %s. Did you forget to name your leaf"
                  .formatted(model, basePath)
              + " directory as a number (eg. '/1/')?");
    }
    SourceReport.Aspired report = scans.scan(directories, new Fence(realPath, links), all);
    Set<Path> changing = new HashSet<>(Set.of(realPath));
    report.pending().keySet().forEach(version -> changing.add(directories.get(version)));
    events.listenTo(changing);
    return report;
  }

  /**
   * Whether a name is new in the base path, or in a directory that is not complete yet, or one of
   * these may have settled meanwhile. The scan that follows a yes looks at these only.
   */
  @Override
  public boolean mayHaveChanged() {
    hinted = events.drain() || scans.mayHaveSettled();
    return hinted;
  }

  /** By the names, sizes and times that a scan compares. */
  @Override
  public boolean hasChanged(AspiredVersion version) {
    try {
      return hasChanged(version, new Fence(basePath.toRealPath(), links));
    } catch (IOException e) {
      LOG.warn(
          "{}/{}: whether its files have changed while it was loaded cannot be told: {}.",
          model,
          version.version(),
          e.toString());
      return false;
    }
  }

  private static boolean hasChanged(AspiredVersion version, Fence fence) throws IOException {
    try {
      VersionFiles now = VersionFiles.list(version.directory(), fence);
      return !now.revision().equals(version.revision());
    } catch (NoSuchFileException | Fence.StrayLinkException e) {
      return true;
    }
  }

  @Override
  public void close() {
    events.close();
  }
}
