package io.penstock.codec.example;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.TensorSpec;

/**
 * Records that are serialized {@code tf.Example}s. A signature whose one input is a string gets
 * them as they are; others get their features, one for each input by its name or as mapped, where a
 * path is a feature's whole name. Thread-safe.
 */
public final class ExampleInputFormat implements InputFormat {

  private final FieldMapping mapping;

  public ExampleInputFormat(InputSettings settings) {
    this.mapping = settings.mapping();
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return parses(signature)
        ? new SerializedExampleDecoder()
        : new FeaturesDecoder(mapping.bind(signature));
  }

  @Override
  public FieldCopier copier(CopyTarget target) {
    return new FeatureCopier(target);
  }

  @Override
  public String describe(ModelSignature signature) {
    var unused = decoder(signature);
    return parses(signature)
        ? signature.inputs().get(0).name() + " from the whole tf.Example"
        : mapping.describe(signature);
  }

  /** Whether the model parses Examples itself. */
  private boolean parses(ModelSignature signature) {
    if (signature.inputs().size() != 1 || !mapping.isByName()) {
      return false;
    }
    TensorSpec input = signature.inputs().get(0);
    return input.dtype() == DType.STRING && input.rowShape().isEmpty();
  }
}
