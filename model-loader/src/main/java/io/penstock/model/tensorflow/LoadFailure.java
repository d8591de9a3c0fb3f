package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import java.nio.file.Path;

/**
 * Explains why a directory could not be loaded. Looks at the files only after TensorFlow has
 * failed, because its own words name neither the model nor what to do.
 */
final class LoadFailure {

  private LoadFailure() {}

  static ModelException explain(ServableId id, Path directory, RuntimeException cause) {
    return because(id, directory, reason(directory, cause), cause);
  }

  /** A version cannot be loaded for that reason, which also says what to do. */
  static ModelException because(ServableId id, Path directory, String reason, Throwable cause) {
    return new ModelException(
        "%s could not be loaded from %s: %s".formatted(id, directory, reason), cause);
  }

  private static String reason(Path directory, RuntimeException cause) {
    try {
      GraphFile.read(directory);
    } catch (GraphFile.UnusableException e) {
      return String.valueOf(e.getMessage());
    }
    if (cause instanceof IllegalArgumentException) {
      // TensorFlow Java's own check of the signatures, all of them.
      return firstLine(cause) + ". Export the model again with signatures that match its graph.";
    }
    return firstLine(cause)
        + ". Check that the copy is complete and that this version of TensorFlow can run it.";
  }

  /**
   * TensorFlow's message without the trace of graph nodes that follows, and without a full stop.
   */
  static String firstLine(Throwable failure) {
    return String.valueOf(failure.getMessage())
        .lines()
        .findFirst()
        .map(line -> line.strip().replaceFirst("\\.$", ""))
        .orElse("no message");
  }
}
