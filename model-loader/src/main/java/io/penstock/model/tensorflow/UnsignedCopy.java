package io.penstock.model.tensorflow;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * A version's directory as it is, but without signatures: TensorFlow Java refuses a model if its
 * graph contradicts but one of them, where TensorFlow Serving looks only at those that it runs. The
 * graph for serving, changed or not, is written to a temporary directory, everything else is linked
 * to. A model that was loaded from it may read its assets there as long as it runs.
 */
final class UnsignedCopy implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(UnsignedCopy.class);

  /** The loader itself needs it; from {@code tensorflow/cc/saved_model/constants.h}. */
  private static final String INIT_OP = "__saved_model_init_op";

  /** From the same place: {@code kSavedModelSchemaVersion}. */
  private static final int SCHEMA_VERSION = 1;

  private final Path directory;

  private UnsignedCopy(Path directory) {
    this.directory = directory;
  }

  /** Makes a copy with that graph. */
  static UnsignedCopy of(Path version, MetaGraphDef graph) throws IOException {
    UnsignedCopy copy = new UnsignedCopy(Files.createTempDirectory("penstock-unsigned-"));
    boolean complete = false;
    try {
      copy.fill(version.toAbsolutePath(), graph);
      complete = true;
      return copy;
    } finally {
      if (!complete) {
        copy.close();
      }
    }
  }

  Path directory() {
    return directory;
  }

  private void fill(Path version, MetaGraphDef graph) throws IOException {
    try (Stream<Path> children = Files.list(version)) {
      for (Path child : children.toList()) {
        String name = child.getFileName().toString();
        if (!name.equals(GraphFile.NAME)) {
          Files.createSymbolicLink(directory.resolve(name), child);
        }
      }
    }
    MetaGraphDef.Builder unsigned = graph.toBuilder();
    graph.getSignatureDefMap().keySet().stream()
        .filter(name -> !name.equals(INIT_OP))
        .forEach(unsigned::removeSignatureDef);
    SavedModel model =
        SavedModel.newBuilder()
            .setSavedModelSchemaVersion(SCHEMA_VERSION)
            .addMetaGraphs(unsigned)
            .build();
    Files.write(directory.resolve(GraphFile.NAME), model.toByteArray());
  }

  /** Removes the graph, which only a load reads, so that a process that is killed leaves links. */
  void dropGraph() {
    Path graph = directory.resolve(GraphFile.NAME);
    try {
      Files.delete(graph);
    } catch (IOException e) {
      LOG.warn("{} could not be removed and takes room until its model is closed.", graph, e);
    }
  }

  /** Removes the copy. What it links to stays. */
  @Override
  public void close() {
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.warn("{} could not be removed and takes room until somebody does.", directory, e);
    }
  }
}
