package io.penstock.inspect;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The directory of a model: its base path with a folder for each version, or one of these folders.
 *
 * @param model the base path's name
 * @param versions the directory of each version; never empty
 */
public record ModelDirectory(String model, SortedMap<Long, Path> versions) {

  private static final Pattern VERSION = Pattern.compile("[0-9]{1,18}");

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
    SortedMap<Long, Path> versions = new TreeMap<>();
    if (Files.isRegularFile(absolute.resolve("saved_model.pb"))) {
      String name = name(absolute);
      boolean numbered = VERSION.matcher(name).matches();
      versions.put(numbered ? Long.parseLong(name) : 0, directory);
      Path parent = absolute.getParent();
      return new ModelDirectory(numbered && parent != null ? name(parent) : name, versions);
    }
    try (Stream<Path> children = Files.list(directory)) {
      children
          .filter(Files::isDirectory)
          .filter(child -> VERSION.matcher(name(child)).matches())
          .forEach(child -> versions.put(Long.parseLong(name(child)), child));
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
    return new ModelDirectory(name(absolute), versions);
  }

  /** The id of one of its versions. */
  public ServableId id(long version) {
    return new ServableId(model, version);
  }

  /** The directory of the newest version. */
  Path newest() {
    return versions.values().stream().reduce((first, second) -> second).orElseThrow();
  }

  private static String name(Path path) {
    Path name = path.getFileName();
    return name == null || name.toString().isEmpty() ? "model" : name.toString();
  }
}
