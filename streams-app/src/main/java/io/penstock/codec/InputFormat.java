package io.penstock.codec;

import io.penstock.model.ModelSignature;

/**
 * How a pipeline's input records are read: the one thing that a pipeline knows of its input's
 * format. Thread-safe.
 */
public interface InputFormat {

  /**
   * A decoder of records into rows of that signature's inputs. Each stream thread asks for its own.
   *
   * @throws MappingException if the mapping does not fit the signature, naming field, input, dtype
   *     and shape
   */
  RecordDecoder decoder(ModelSignature signature);

  /**
   * What of a record feeds each input, for people: {@code x from [age, income]}. Asks nobody.
   *
   * @throws MappingException as {@link #decoder} does
   */
  default String describe(ModelSignature signature) {
    var unused = decoder(signature);
    return signature.inputs().toString();
  }

  /**
   * A copier of fields into predictions. Each stream thread asks for its own.
   *
   * @throws MappingException if records of this format have no fields that could be copied
   */
  default FieldCopier copier(CopyTarget target) {
    throw new MappingException(
        "output.copy: %s (expected: nothing, since the input's format has no fields to copy)"
            .formatted(target.fields().stream().map(CopiedField::path).toList()));
  }

  /**
   * Fails where a signature cannot be fed by what producers write now or soon, as far as anything
   * says so: a registered schema does, bare bytes do not. May ask the registry: never called on a
   * stream thread.
   *
   * @throws MappingException naming field, input, dtype and shape, and where that is said
   * @throws io.penstock.registry.RegistryException if it is said where nobody answers
   */
  default void requireReadable(ModelSignature signature) {}
}
