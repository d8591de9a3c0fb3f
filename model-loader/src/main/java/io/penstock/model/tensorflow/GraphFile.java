package io.penstock.model.tensorflow;

import com.google.protobuf.InvalidProtocolBufferException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/** A version's {@code saved_model.pb}, read as the protocol buffer it is, without TensorFlow. */
final class GraphFile {

  /** From {@code tensorflow/cc/saved_model/constants.h}. */
  static final String NAME = "saved_model.pb";

  /** The tag of graphs for serving, from {@code tensorflow/cc/saved_model/tag_constants.h}. */
  static final String TAG = "serve";

  private GraphFile() {}

  /**
   * Reads a version directory's graphs.
   *
   * @throws UnusableException if the file is not there or is no SavedModel with a graph for serving
   */
  static SavedModel read(Path directory) throws UnusableException {
    Path file = directory.resolve(NAME);
    if (!Files.isRegularFile(file)) {
      throw new UnusableException(NAME + " is missing. Copy the whole SavedModel there.");
    }
    SavedModel model = parse(file);
    if (!tagSets(model).contains(List.of(TAG))) {
      throw new UnusableException(
          "it has no graph with tag %s (found: %s). Export it for serving."
              .formatted(TAG, tagSets(model)));
    }
    return model;
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
      throw new UnusableException(NAME + " cannot be read: " + e + ". Check its permissions.");
    }
  }

  /** Nothing can be served from the file; its message says why and what to do. */
  static final class UnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    UnusableException(String message) {
      super(message);
    }
  }
}
