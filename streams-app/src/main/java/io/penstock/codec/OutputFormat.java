package io.penstock.codec;

import io.penstock.model.ModelSignature;
import io.penstock.model.ServableVersion;

/**
 * How a pipeline's predictions are written: the one thing that a pipeline knows of its output's
 * format. Thread-safe.
 */
public interface OutputFormat {

  /**
   * An encoder of that version's outputs, with its schema id resolved where there is one. May call
   * the registry: used while a version prepares, never on a stream thread.
   *
   * @throws MappingException if the outputs cannot be written
   * @throws io.penstock.registry.RegistryException if the schema is not registered or the registry
   *     does not answer
   */
  PredictionEncoder encoder(ServableVersion version, ModelSignature signature);

  /**
   * Fails where a model's outputs cannot be written, whichever version's. Asks nobody.
   *
   * @throws MappingException naming the output
   */
  default void requireWritable(String model, ModelSignature signature) {}
}
