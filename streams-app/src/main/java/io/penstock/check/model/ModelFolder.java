package io.penstock.check.model;

import io.penstock.model.ModelException;
import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;
import io.penstock.model.tensorflow.SavedModelContents;
import io.penstock.model.tensorflow.SavedModelInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A model's base path and the versions under it, as they are when first asked for. Each version is
 * inspected at most once. Not thread-safe.
 */
public final class ModelFolder {

  private static final Pattern VERSION = Pattern.compile("[0-9]{1,18}");

  private final String model;
  private final Path basePath;
  private final Map<Long, SavedModelContents> inspected = new HashMap<>();

  public ModelFolder(String model, Path basePath) {
    this.model = model;
    this.basePath = basePath;
  }

  String model() {
    return model;
  }

  Path basePath() {
    return basePath;
  }

  /**
   * Every version's directory.
   *
   * @throws IOException if the base path cannot be listed
   */
  SortedMap<Long, Path> versions() throws IOException {
    SortedMap<Long, Path> versions = new TreeMap<>();
    try (Stream<Path> paths = Files.list(basePath)) {
      paths
          .filter(Files::isDirectory)
          .filter(path -> VERSION.matcher(path.getFileName().toString()).matches())
          .forEach(path -> versions.put(Long.valueOf(path.getFileName().toString()), path));
    }
    return versions;
  }

  /** The directories of the versions that have a graph; none if it cannot be listed. */
  SortedMap<Long, Path> complete() {
    try {
      SortedMap<Long, Path> versions = versions();
      versions.values().removeIf(directory -> !hasGraph(directory));
      return versions;
    } catch (IOException e) {
      return Collections.emptySortedMap();
    }
  }

  /**
   * What a version's files say.
   *
   * @throws ModelException if it cannot be served, whatever the signature
   */
  SavedModelContents inspect(long version, Path directory) {
    SavedModelContents known = inspected.get(version);
    if (known == null) {
      known = SavedModelInspector.inspect(new ServableId(model, version), directory);
      inspected.put(version, known);
    }
    return known;
  }

  /** A signature in each complete version that has it. */
  SortedMap<Long, ModelSignature> signatures(String name) {
    SortedMap<Long, ModelSignature> signatures = new TreeMap<>();
    complete()
        .forEach(
            (version, directory) -> {
              try {
                signatures.put(version, inspect(version, directory).signature(name));
              } catch (ModelException e) {
                // The check of signatures says why the newest lacks it.
              }
            });
    return signatures;
  }

  static boolean hasGraph(Path directory) {
    return Files.isRegularFile(directory.resolve("saved_model.pb"));
  }
}
