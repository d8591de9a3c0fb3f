package io.penstock.model.memory;

import io.penstock.model.files.FileTree;
import java.io.IOException;
import java.nio.file.Path;

/** The files of a version that end up in memory: graph, variables and assets, such as tables. */
public final class ModelFiles {

  /** From {@code tensorflow/cc/saved_model/constants.h}; nothing in it is loaded. */
  private static final String EXTRA = "assets.extra/";

  private ModelFiles() {}

  /**
   * Their bytes.
   *
   * @throws IOException if they cannot be read
   */
  public static long bytes(Path directory) throws IOException {
    return FileTree.list(directory).entrySet().stream()
        .filter(file -> file.getValue().isRegularFile() && !file.getKey().startsWith(EXTRA))
        .mapToLong(file -> file.getValue().size())
        .sum();
  }
}
