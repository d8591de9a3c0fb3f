package io.penstock.model.source.directory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which names under a base path are versions: those of directories that are plain numbers. Of two
 * directories of the same number, {@code 7} and {@code 007}, the one with the shorter name counts.
 * What is left out is logged, once for each name. Not thread-safe.
 */
final class VersionNames {

  private static final Comparator<Path> SHORTEST_FIRST =
      Comparator.<Path>comparingInt(path -> name(path).length()).thenComparing(VersionNames::name);

  private final String model;
  private final Path basePath;
  private final Logger log;
  private Set<String> ignored = Set.of();

  /** For that model, under a base path as the user knows it. */
  VersionNames(String model, Path basePath) {
    this(model, basePath, LoggerFactory.getLogger(VersionNames.class));
  }

  VersionNames(String model, Path basePath, Logger log) {
    this.model = model;
    this.basePath = basePath;
    this.log = log;
  }

  /** The versions' directories, by number. */
  SortedMap<Long, Path> find(Path realPath) throws IOException {
    SortedMap<Long, Path> directories = new TreeMap<>();
    Set<String> others = new HashSet<>();
    for (Path child : children(realPath)) {
      OptionalLong version = isDirectory(child) ? number(name(child)) : OptionalLong.empty();
      if (version.isEmpty()) {
        ignore(name(child), "its name is not a plain number, or it is no directory", others);
        continue;
      }
      Path first = directories.putIfAbsent(version.getAsLong(), child);
      if (first != null) {
        String reason =
            "%s is version %d already; rename one of them"
                .formatted(name(first), version.getAsLong());
        ignore(name(child), reason, others);
      }
    }
    ignored = others;
    return directories;
  }

  /** Unless it certainly is none: what cannot be looked at now may be a version that serves. */
  private static boolean isDirectory(Path child) {
    try {
      return Files.readAttributes(child, BasicFileAttributes.class).isDirectory();
    } catch (NoSuchFileException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static List<Path> children(Path directory) throws IOException {
    List<Path> children = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(directory)) {
      stream.forEach(children::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    children.sort(SHORTEST_FIRST);
    return children;
  }

  private void ignore(String name, String reason, Set<String> others) {
    others.add(name);
    if (!ignored.contains(name)) {
      log.info("Ignoring {} under base path {} of servable {}: {}.", name, basePath, model, reason);
    }
  }

  /** The version that a directory of that name is of; empty if it is of none. */
  static OptionalLong number(String name) {
    if (name.isEmpty() || !name.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(name));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  private static String name(Path path) {
    return path.getFileName().toString();
  }
}
