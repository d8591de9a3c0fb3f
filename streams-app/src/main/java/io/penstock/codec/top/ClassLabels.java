package io.penstock.codec.top;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.codec.MappingException;
import io.penstock.model.ServableVersion;
import io.penstock.model.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The names of a version's classes, from a file of its own: one on each line, in their order. */
final class ClassLabels {

  private ClassLabels() {}

  /**
   * The names in a version's file, as UTF-8.
   *
   * @param scored the output whose classes they are
   * @throws MappingException if there is no such file, or it has not a line for each class
   */
  static List<byte[]> read(ServableVersion version, String file, TensorSpec scored) {
    List<byte[]> labels = lines(version, file).stream().map(line -> line.getBytes(UTF_8)).toList();
    long classes = scored.rowShape().get(0);
    if (classes >= 0 && labels.size() != classes) {
      throw new MappingException(
          "output.top-classes.labels: %s of %s has %d lines (expected: %d, one for each class of %s)"
              .formatted(file, version.id(), labels.size(), classes, scored));
    }
    return labels;
  }

  private static List<String> lines(ServableVersion version, String file) {
    Path folder =
        version
            .directory()
            .orElseThrow(
                () -> new MappingException(version.id() + " has no files to read labels from"));
    Path path = folder.resolve(file).normalize();
    if (!path.startsWith(folder.normalize())) {
      throw new MappingException(
          "output.top-classes.labels: %s (expected: a path in the version's folder, such as assets/labels.txt)"
              .formatted(file));
    }
    try {
      return Files.readAllLines(path, UTF_8);
    } catch (IOException e) {
      throw new MappingException(
          "output.top-classes.labels: %s of %s cannot be read: %s (expected: a text in UTF-8 with one class on each line)"
              .formatted(file, version.id(), e));
    }
  }
}
