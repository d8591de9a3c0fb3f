package io.penstock.model;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Where the models that tests use are. */
public final class TestModels {

  private static final Path ROOT = repositoryRoot();

  private TestModels() {}

  /** The examples that come with the project. */
  public static Path examples() {
    return ROOT.resolve("examples");
  }

  /** SavedModels of TensorFlow Serving's own tests; beside some checkouts, not in the project. */
  public static Optional<Path> tensorFlowServing() {
    return Stream.of(ROOT.resolve("../shared/testdata/tensorflow-serving").normalize())
        .filter(Files::isDirectory)
        .findFirst();
  }

  /** Copies a directory and all that is in it. */
  public static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Path target = to.resolve(from.relativize(path).toString());
        if (Files.isDirectory(path)) {
          Files.createDirectories(target);
        } else {
          Files.copy(path, target);
        }
      }
    }
  }

  /** What a directory holds, sorted. */
  public static List<Path> children(Path directory) {
    try (Stream<Path> children = Files.list(directory)) {
      return children.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path repositoryRoot() {
    Path start = Path.of("").toAbsolutePath();
    for (Path path = start; path != null; path = path.getParent()) {
      if (Files.isDirectory(path.resolve("examples"))) {
        return path;
      }
    }
    throw new IllegalStateException("no folder above " + start + " holds examples/");
  }
}
