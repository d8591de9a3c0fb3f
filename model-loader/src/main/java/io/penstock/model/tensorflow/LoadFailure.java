package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.proto.SavedModel;

/**
 * Explains why a directory could not be loaded. Looks at the files only after TensorFlow has
 * failed, because its own words name neither the model nor what to do.
 */
final class LoadFailure {

  static final String GRAPH = "saved_model.pb";
  static final String TAG = "serve";

  private LoadFailure() {}

  static ModelException explain(ServableId id, Path directory, RuntimeException cause) {
    return new ModelException(
        "%s could not be loaded from %s: %s".formatted(id, directory, reason(directory, cause)),
        cause);
  }

  private static String reason(Path directory, RuntimeException cause) {
    Path graph = directory.resolve(GRAPH);
    if (!Files.isRegularFile(graph)) {
      return GRAPH + " is missing. Copy the whole SavedModel there.";
    }
    List<List<String>> tagSets;
    try (InputStream content = Files.newInputStream(graph)) {
      if (Files.size(graph) == 0) {
        return GRAPH + " is empty. Copy the SavedModel again.";
      }
      tagSets =
          SavedModel.parseFrom(content).getMetaGraphsList().stream()
              .map(metaGraph -> List.copyOf(metaGraph.getMetaInfoDef().getTagsList()))
              .toList();
    } catch (IOException e) {
      return GRAPH + " is truncated or no SavedModel (" + e.getMessage() + "). Copy it again.";
    }
    if (!tagSets.contains(List.of(TAG))) {
      return "it has no graph with tag %s (found: %s). Export it for serving."
          .formatted(TAG, tagSets);
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
