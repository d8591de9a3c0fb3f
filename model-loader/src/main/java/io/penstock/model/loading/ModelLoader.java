package io.penstock.model.loading;

import io.penstock.model.ModelException;
import io.penstock.model.RetriableModelException;
import io.penstock.model.ServableId;
import java.nio.file.Path;
import java.util.Set;

/** Loads versions of models. Thread-safe. */
@FunctionalInterface
public interface ModelLoader {

  /**
   * Loads a version and checks that it has the required signatures and that they can be served. A
   * successful load proves little more: missing variables, for one, show at the first run.
   *
   * @param directory where the version's files are
   * @throws ModelException if it cannot be loaded, {@link RetriableModelException} if that may
   *     pass; the message says what to do about it
   */
  LoadedModel load(ServableId id, Path directory, Set<String> requiredSignatures);
}
