package io.penstock.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.Stream;

/** The models that come with the project. */
public final class Examples {

  private Examples() {}

  /** Makes a directory with the graph of an example's version: enough to be inspected. */
  public static void install(String model, int version, Path directory) throws IOException {
    Path graph = root().resolve(model).resolve(version + "/saved_model.pb");
    Files.copy(graph, Files.createDirectories(directory).resolve("saved_model.pb"));
  }

  /** The base path of an example's model. */
  public static Path folder(String model) {
    return root().resolve(model);
  }

  private static Path root() {
    return Stream.iterate(Path.of("").toAbsolutePath(), Objects::nonNull, Path::getParent)
        .map(folder -> folder.resolve("examples"))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow();
  }
}
