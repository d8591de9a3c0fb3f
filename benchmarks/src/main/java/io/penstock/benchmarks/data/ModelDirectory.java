package io.penstock.benchmarks.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** A model's base path, {@code <path>/<version>/saved_model.pb}, filled from a SavedModel. */
public record ModelDirectory(Path path) {

  /** A new directory with that SavedModel under each of the versions. */
  public static ModelDirectory create(Path path, Path savedModel, int... versions) {
    try {
      for (int version : versions) {
        copy(savedModel, path.resolve(String.valueOf(version)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot copy %s to %s".formatted(savedModel, path), e);
    }
    return new ModelDirectory(path);
  }

  private static void copy(Path from, Path to) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(from)) {
      files = walk.filter(Files::isRegularFile).toList();
    }
    for (Path file : files) {
      Path target = to.resolve(from.relativize(file).toString());
      Files.createDirectories(target.getParent());
      Files.copy(file, target);
    }
  }
}
