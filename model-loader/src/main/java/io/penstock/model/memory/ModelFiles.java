package io.penstock.model.memory;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The files of a version that end up in memory: graph, variables and assets, such as tables. */
public final class ModelFiles {

  /** From {@code tensorflow/cc/saved_model/constants.h}; nothing in it is loaded. */
  private static final String EXTRA = "assets.extra";

  private ModelFiles() {}

  /**
   * Their bytes.
   *
   * @throws IOException if they cannot be read
   */
  public static long bytes(Path directory) throws IOException {
    long bytes = 0;
    try (Stream<Path> paths = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        if (!directory.relativize(path).startsWith(EXTRA) && Files.isRegularFile(path)) {
          bytes += Files.size(path);
        }
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return bytes;
  }
}
