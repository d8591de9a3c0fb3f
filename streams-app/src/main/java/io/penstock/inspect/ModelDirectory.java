package io.penstock.inspect;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.source.SourceReport;
import io.penstock.model.source.directory.Completeness;
import io.penstock.model.source.directory.CompletenessCheck;
import io.penstock.model.source.directory.Links;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The directory of a model: its base path with a folder for each version, or one of these folders.
 *
 * @param model the base path's name
 * @param basePath the base path, which links may not lead out of
 * @param versions the directory of each version; never empty
 */
public record ModelDirectory(String model, Path basePath, SortedMap<Long, Path> versions) {

  public ModelDirectory {
    versions = Collections.unmodifiableSortedMap(new TreeMap<>(versions));
  }

  /**
   * Looks at a directory.
   *
   * @throws ModelException if there is no version in it
   */
  public static ModelDirectory of(Path directory) {
    Path absolute = directory.toAbsolutePath().normalize();
    if (Files.isRegularFile(absolute.resolve("saved_model.pb"))) {
      return ofVersion(absolute, directory);
    }
    SortedMap<Long, Path> versions;
    try {
      versions = CompletenessCheck.versions(name(absolute), directory);
    } catch (IOException e) {
      throw new ModelException(
          "%s cannot be listed: %s. Name a folder that this user may read.".formatted(directory, e),
          e);
    }
    if (versions.isEmpty()) {
      throw new ModelException(
          "%s is no model: it holds neither saved_model.pb nor a folder named as a number (expected: %s)."
              .formatted(directory, directory.resolve("1/saved_model.pb")));
    }
    return new ModelDirectory(name(absolute), directory, versions);
  }

  private static ModelDirectory ofVersion(Path absolute, Path directory) {
    Path parent = absolute.getParent();
    String name = name(absolute);
    OptionalLong version = CompletenessCheck.version(name);
    return parent != null && version.isPresent()
        ? new ModelDirectory(name(parent), parent, single(version.getAsLong(), directory))
        : new ModelDirectory(name, parent == null ? absolute : parent, single(0, directory));
  }

  private static SortedMap<Long, Path> single(long version, Path directory) {
    return new TreeMap<>(Map.of(version, directory));
  }

  /**
   * Which versions a service would take up, and what the others lack. Takes as long as {@link
   * CompletenessCheck#judge}.
   */
  public SourceReport.Aspired judge(Completeness completeness, Links links)
      throws IOException, InterruptedException {
    return new CompletenessCheck(completeness, links).judge(basePath, versions);
  }

  /** The id of one of its versions. */
  public ServableId id(long version) {
    return new ServableId(model, version);
  }

  /** The directory of the newest version. */
  public Path newest() {
    return versions.values().stream().reduce((first, second) -> second).orElseThrow();
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null || name.toString().isEmpty() ? "model" : name.toString();
  }
}
