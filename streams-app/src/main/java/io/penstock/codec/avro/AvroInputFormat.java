package io.penstock.codec.avro;

import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputBinding;
import io.penstock.codec.InputFormat;
import io.penstock.codec.MappingException;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.registry.SchemaRegistry;
import java.util.List;

/**
 * Records in Avro binary with Confluent's framing: a zero byte, the writer schema's id in the
 * registry, the record. Thread-safe.
 */
public final class AvroInputFormat implements InputFormat {

  private final SchemaRegistry registry;
  private final FieldMapping mapping;

  public AvroInputFormat(SchemaRegistry registry, FieldMapping mapping) {
    this.registry = registry;
    this.mapping = mapping;
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return new AvroRecordDecoder(registry, bindings(mapping, signature));
  }

  /**
   * The fields of each of a signature's inputs, which Avro must be able to hold.
   *
   * @throws MappingException if the mapping does not fit the signature
   */
  public static List<InputBinding> bindings(FieldMapping mapping, ModelSignature signature) {
    List<InputBinding> bindings = mapping.bind(signature);
    for (InputBinding binding : bindings) {
      DType dtype = binding.input().dtype();
      if (dtype == DType.FLOAT16 || dtype == DType.BFLOAT16) {
        throw new MappingException(
            "Input "
                + binding.input()
                + " of signature "
                + signature.name()
                + " cannot be read from Avro, which has no 16-bit floats (expected: float32)");
      }
    }
    return bindings;
  }
}
