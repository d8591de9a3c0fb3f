package io.penstock.codec;

import io.penstock.model.ModelSignature;

/** How a pipeline's input records are read. Thread-safe. */
public interface InputFormat {

  /**
   * A decoder of records into rows of that signature's inputs. Each stream thread asks for its own.
   *
   * @throws MappingException if the mapping does not fit the signature, naming field, input, dtype
   *     and shape
   */
  RecordDecoder decoder(ModelSignature signature);
}
