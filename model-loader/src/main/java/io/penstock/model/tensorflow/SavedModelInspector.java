package io.penstock.model.tensorflow;

import io.penstock.model.ModelException;
import io.penstock.model.ServableId;
import java.nio.file.Path;
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
    try {
      SavedModel model = GraphFile.read(directory);
      return new SignatureReader(id, GraphFile.serving(model)).read(GraphFile.tagSets(model));
    } catch (GraphFile.UnusableException e) {
      throw LoadFailure.because(id, directory, String.valueOf(e.getMessage()), e);
    }
  }
}
