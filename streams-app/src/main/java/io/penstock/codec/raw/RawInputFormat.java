package io.penstock.codec.raw;

import io.penstock.codec.FlatRow;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputSettings;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;

/**
 * Records that are the bytes of one tensor's row: its elements in row-major order, little-endian,
 * as TensorFlow itself has them. A scalar string is the record as it is. Dtype and shape are the
 * signature's. Thread-safe.
 */
public final class RawInputFormat implements InputFormat {

  public RawInputFormat(InputSettings settings) {
    if (!settings.mapping().isByName()) {
      throw new IllegalArgumentException(
          "%s (expected: neither fields, casts, defaults nor constants, since a raw record has no fields)"
              .formatted(settings.mapping()));
    }
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    TensorSpec input = input(signature);
    if (input.dtype() == DType.STRING) {
      return new RawStringDecoder();
    }
    return new RawRowDecoder(input, FlatRow.of(input));
  }

  @Override
  public String describe(ModelSignature signature) {
    var unused = decoder(signature);
    return input(signature).name() + " from the record's bytes";
  }

  private static TensorSpec input(ModelSignature signature) {
    if (signature.inputs().size() != 1) {
      throw new MappingException(
          "Signature "
              + signature.name()
              + " has the inputs "
              + signature.inputs()
              + " (expected: one, since a raw record is one tensor's row)");
    }
    TensorSpec input = signature.inputs().get(0);
    if (input.dtype() == DType.STRING && !input.rowShape().isEmpty()) {
      throw new MappingException(
          "Input "
              + input
              + " has rows of several strings (expected: one, since raw bytes do not say where the"
              + " next begins)");
    }
    return input;
  }
}
