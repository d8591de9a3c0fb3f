package io.penstock.codec;

import io.penstock.model.ModelSignature;
import io.penstock.model.ServableId;

/** How a pipeline's predictions are written. Thread-safe. */
public interface OutputFormat {

  /**
   * An encoder of that version's outputs, with its schema id resolved. May call the registry: used
   * while a version prepares, never on a stream thread.
   *
   * @throws MappingException if the outputs cannot be written
   * @throws io.penstock.registry.RegistryException if the schema is not registered or the registry
   *     does not answer
   */
  PredictionEncoder encoder(ServableId version, ModelSignature signature);
}
