package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import java.io.IOException;
import java.nio.file.Path;
import org.tensorflow.exceptions.TFResourceExhaustedException;
import org.tensorflow.exceptions.TensorFlowException;

/**
 * Explains why a directory could not be loaded. Looks at the files only after TensorFlow has
 * failed, because its own words name neither the model nor what to do.
 *
 * <p>What is not plainly the version's fault may pass, since another try costs seconds: files that
 * cannot be read now, memory that is short, and whatever TensorFlow has no name for.
 */
final class LoadFailure {

  private LoadFailure() {}

  /** A version that TensorFlow could not load. */
  static ModelException explain(ServableId id, Path directory, RuntimeException cause) {
    try {
      GraphFile.read(directory);
    } catch (GraphFile.UnusableException e) {
      return unusable(id, directory, e);
    }
    String reason = firstLine(cause);
    if (cause instanceof IllegalArgumentException) {
      // TensorFlow Java's own check of the signatures, all of them.
      return because(
          id,
          directory,
          reason + ". Export the model again with signatures that match its graph.",
          cause);
    }
    String advice =
        reason
            + ". Check that the copy is complete and that this version of TensorFlow can run it.";
    return mayPass(cause)
        ? passing(id, directory, advice, cause)
        : because(id, directory, advice, cause);
  }

  /** A version whose graph nothing can be served from, or that cannot be read now. */
  static ModelException unusable(ServableId id, Path directory, GraphFile.UnusableException cause) {
    String reason = String.valueOf(cause.getMessage());
    return cause.getCause() instanceof IOException
        ? passing(id, directory, reason, cause)
        : because(id, directory, reason, cause);
  }

  /** A version cannot be loaded for that reason, which also says what to do. */
  static ModelException because(ServableId id, Path directory, String reason, Throwable cause) {
    return new ModelException(message(id, directory, reason), cause);
  }

  /** A version cannot be loaded for that reason, which may pass. */
  static RetriableModelException passing(
      ServableId id, Path directory, String reason, Throwable cause) {
    return new RetriableModelException(message(id, directory, reason), cause);
  }

  /**
   * TensorFlow Java has classes for the codes that say whose fault it was, such as {@code
   * INVALID_ARGUMENT}. It has none for what a file system may answer ({@code UNKNOWN}, {@code
   * UNAVAILABLE}, {@code INTERNAL}), nor for {@code DATA_LOSS} and {@code NOT_FOUND}, which cannot
   * be told from those.
   */
  private static boolean mayPass(RuntimeException cause) {
    return cause instanceof TFResourceExhaustedException
        || cause.getClass() == TensorFlowException.class;
  }

  private static String message(ServableId id, Path directory, String reason) {
    return "%s could not be loaded from %s: %s".formatted(id, directory, reason);
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
