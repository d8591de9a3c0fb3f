package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import io.penstock.model.memory.ModelFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedModel;

/**
 * Reads what a SavedModel offers from its files alone: no session, no native memory, no variables.
 * Whether it runs shows only when it is loaded. Stateless.
 */
public final class SavedModelInspector {

  private SavedModelInspector() {}

  /**
   * Inspects a version.
   *
   * @throws ModelException if it cannot be served, in the words that loading it would end with
   */
  public static SavedModelContents inspect(ServableId id, Path directory) {
    return contents(id, read(id, directory));
  }

  /**
   * Inspects a version and all its files.
   *
   * @throws ModelException as {@link #inspect}, or if a file cannot be read
   */
  public static SavedModelDescription describe(ServableId id, Path directory) {
    SavedModel model = read(id, directory);
    SavedModelContents contents = contents(id, model);
    MetaGraphDef graph = GraphFile.serving(model);
    SortedMap<String, String> methods = new TreeMap<>();
    graph
        .getSignatureDefMap()
        .forEach((name, signature) -> methods.put(name, signature.getMethodName()));
    try {
      return new SavedModelDescription(
          contents,
          methods,
          graph.getMetaInfoDef().getTensorflowVersion(),
          ModelFiles.bytes(directory),
          Fingerprint.of(directory),
          new WarmUpFile(id, directory, contents.signatures()));
    } catch (IOException e) {
      throw LoadFailure.because(id, directory, e + ". Check its permissions.", e);
    }
  }

  private static SavedModelContents contents(ServableId id, SavedModel model) {
    return new SignatureReader(id, GraphFile.serving(model)).read(GraphFile.tagSets(model));
  }

  private static SavedModel read(ServableId id, Path directory) {
    try {
      return GraphFile.read(directory);
    } catch (GraphFile.UnusableException e) {
      throw LoadFailure.because(id, directory, String.valueOf(e.getMessage()), e);
    }
  }
}
