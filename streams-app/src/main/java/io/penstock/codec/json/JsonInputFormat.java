package io.penstock.codec.json;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.InputSettings;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.ModelSignature;

/**
 * Records in JSON, each one instance of the row format of TensorFlow Serving's REST API: an object
 * of named inputs, or the bare value of a single one; bytes as {@code {"b64": "base64"}}.
 * Thread-safe.
 */
public final class JsonInputFormat implements InputFormat {

  private final FieldMapping mapping;

  public JsonInputFormat(InputSettings settings) {
    this.mapping = settings.mapping();
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return new JsonRecordDecoder(mapping.bind(signature));
  }

  @Override
  public FieldCopier copier(CopyTarget target) {
    return new JsonFieldCopier(target);
  }

  @Override
  public String describe(ModelSignature signature) {
    return mapping.describe(signature);
  }
}
