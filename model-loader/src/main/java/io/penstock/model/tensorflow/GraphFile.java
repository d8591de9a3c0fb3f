package io.penstock.model.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** A version's {@code saved_model.pb}, read as the protocol buffer it is, without TensorFlow. */
final class GraphFile {

  /** From {@code tensorflow/cc/saved_model/constants.h}. */
  static final String NAME = "saved_model.pb";

  private static final String TEXT_NAME = "saved_model.pbtxt";

  /** The tag of graphs for serving, from {@code tensorflow/cc/saved_model/tag_constants.h}. */
  static final String TAG = "serve";

  private GraphFile() {}

  /**
   * Reads a version directory's graphs.
   *
   * @throws UnusableException if the file is not there or is no SavedModel with a graph for serving
   */
  static SavedModel read(Path directory) throws UnusableException {
    SavedModel model = readAny(directory);
    Optional<String> problem = problem(model);
    if (problem.isPresent()) {
      throw new UnusableException(problem.get());
    }
    return model;
  }

  /**
   * Why nothing can be served from a SavedModel, whatever the signature; empty if something can.
   */
  static Optional<String> problem(SavedModel model) {
    return tagSets(model).contains(List.of(TAG))
        ? Optional.empty()
        : Optional.of(
            "it has no graph with tag %s (found: %s). Export it for serving."
                .formatted(TAG, tagSets(model)));
  }

  /**
   * Reads a version directory's graphs, whatever they are for.
   *
   * @throws UnusableException if the file is not there or is no SavedModel
   */
  static SavedModel readAny(Path directory) throws UnusableException {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new UnusableException(
          Files.isRegularFile(directory.resolve(TEXT_NAME))
              ? "%s is missing, and its text form %s is not loaded. Export the model with %s."
                  .formatted(NAME, TEXT_NAME, NAME)
              : NAME + " is missing. Copy the whole SavedModel there.");
    }
    return parse(file);
  }

  /** The tags of every graph. */
  static List<List<String>> tagSets(SavedModel model) {
    return model.getMetaGraphsList().stream()
        .map(metaGraph -> List.copyOf(metaGraph.getMetaInfoDef().getTagsList()))
        .toList();
  }

  /** The graph for serving of a file that {@link #read} has let pass. */
  static MetaGraphDef serving(SavedModel model) {
    return model.getMetaGraphs(tagSets(model).indexOf(List.of(TAG)));
  }

  private static SavedModel parse(Path file) throws UnusableException {
    try (InputStream content = Files.newInputStream(file)) {
      if (Files.size(file) == 0) {
        throw new UnusableException(NAME + " is empty. Copy the SavedModel again.");
      }
      return SavedModel.parseFrom(content);
    } catch (InvalidProtocolBufferException e) {
      throw new UnusableException(NAME + " is truncated or no SavedModel. Copy it again.");
    } catch (IOException e) {
      throw new UnusableException(NAME + " cannot be read: " + e + ". Check its permissions.", e);
    }
  }

  /** Nothing can be served from the file; its message says why and what to do. */
  static final class UnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }

    /** It cannot be read now. */
    UnusableException(String message, IOException cause) {
      super(message, cause);
    }
  }
}
