package io.penstock.codec.avro;

import io.penstock.codec.FieldMapping;
import io.penstock.codec.InputFormat;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.ModelSignature;
import io.penstock.registry.SchemaRegistry;

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
    return new AvroRecordDecoder(registry, mapping.bind(signature));
  }
}
