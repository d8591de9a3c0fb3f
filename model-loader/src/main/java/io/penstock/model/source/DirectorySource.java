package io.penstock.model.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder with one directory per version, named by a plain number: {@code /models/digits/2}.
 * Leading zeros and gaps are fine; other names are ignored, each with one line in the log. A
 * version is aspired once it has settled: complete, and unchanged for the settle period.
 *
 * <p>Not thread-safe.
 */
public final class DirectorySource implements ModelSource {

  private static final Logger LOG = LoggerFactory.getLogger(DirectorySource.class);

  private final String model;
  private final Path basePath;
  private final long settleNanos;
  private final LongSupplier nanoTime;
  private SettledVersions seen = SettledVersions.none();
  private Set<String> ignored = Set.of();

  /**
   * A source over a base path, which need not exist yet.
   *
   * @param nanoTime a monotonic clock such as {@link System#nanoTime}
   */
  public DirectorySource(String model, Path basePath, Duration settle, LongSupplier nanoTime) {
    this.model = Objects.requireNonNull(model, "model");
    this.basePath = Objects.requireNonNull(basePath, "basePath");
    this.settleNanos = settle.toNanos();
    this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
  }

  @Override
  public SourceReport scan() {
    SortedMap<Long, Path> directories;
    try {
      directories = versionDirectories();
    } catch (IOException e) {
      return new SourceReport.Unavailable(
          Files.isDirectory(basePath)
              ? "Could not read base path %s for servable %s: %s. Check its permissions."
                  .formatted(basePath, model, e)
              : "Could not find base path %s for servable %s (expected: a directory with one"
                      .formatted(basePath, model)
                  + " directory per version, eg. '/1/'). Check the model's path.");
    }
    if (directories.isEmpty()) {
      // TensorFlow Serving's own words: file_system_storage_path_source.cc
      return new SourceReport.Unavailable(
          "No versions of servable %s found under base path %s. Did you forget to name your leaf"
                  .formatted(model, basePath)
              + " directory as a number (eg. '/1/')?");
    }
    return report(directories);
  }

  private SourceReport report(SortedMap<Long, Path> directories) {
    SortedMap<Long, VersionFiles> listing = new TreeMap<>();
    SortedMap<Long, String> pending = new TreeMap<>();
    long startNanos = nanoTime.getAsLong();
    directories.forEach(
        (version, directory) -> {
          try {
            listing.put(version, VersionFiles.list(directory));
          } catch (IOException e) {
            pending.put(version, "it could not be read: " + e);
          }
        });
    // From the end of one scan to the start of another, so that a slow scan settles nothing early.
    seen = seen.next(listing, nanoTime.getAsLong());
    SortedMap<Long, AspiredVersion> aspired = new TreeMap<>();
    listing.forEach(
        (version, files) ->
            seen.pending(version, startNanos, settleNanos)
                .ifPresentOrElse(
                    reason -> pending.put(version, reason),
                    () ->
                        aspired.put(
                            version,
                            new AspiredVersion(
                                version,
                                Objects.requireNonNull(directories.get(version)),
                                files.revision()))));
    return new SourceReport.Aspired(aspired, pending);
  }

  private SortedMap<Long, Path> versionDirectories() throws IOException {
    SortedMap<Long, Path> directories = new TreeMap<>();
    Set<String> others = new HashSet<>();
    for (Path child : children()) {
      String name = child.getFileName().toString();
      OptionalLong version = Files.isDirectory(child) ? number(name) : OptionalLong.empty();
      if (version.isEmpty()) {
        ignore(name, "its name is not a plain number, or it is no directory", others);
      } else if (directories.putIfAbsent(version.getAsLong(), child) != null) {
        ignore(name, "another directory is version " + version.getAsLong() + " too", others);
      }
    }
    ignored = others;
    return directories;
  }

  private List<Path> children() throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(basePath)) {
      stream.forEach(children::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    Collections.sort(children);
    return children;
  }

  private void ignore(String name, String reason, Set<String> others) {
    others.add(name);
    if (!ignored.contains(name)) {
      LOG.info("Ignoring {} under base path {} of servable {}: {}.", name, basePath, model, reason);
    }
  }

  private static OptionalLong number(String name) {
    if (name.isEmpty() || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(name));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
