package io.penstock.codec.copy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.registry.LogicalTypeDifference;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaNormalization;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/**
 * Fields of records as the last fields of an Avro record, in its schema's order. Values that were
 * written by the schema they are to have are copied byte for byte; others as Avro resolves schemas,
 * but none by a logical type that makes another value of it. Thread-safe.
 */
public final class AvroCopies implements CopyTarget {

  private final JsonFactory json =
      JsonFactory.builder().enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS).build();

  private final List<CopiedField> fields;
  private final List<Field> types;

  /**
   * @param types of the fields, in their order: {@link CopiedTypes}
   */
  public AvroCopies(List<CopiedField> fields, List<Field> types) {
    this.fields = List.copyOf(fields);
    this.types = List.copyOf(types);
  }

  @Override
  public List<CopiedField> fields() {
    return fields;
  }

  @Override
  public Copy fromAvro(int field, Schema writer) {
    CopiedField copied = fields.get(field);
    Field type = types.get(field);
    if (writer.getType() == Schema.Type.NULL && !takesNull(type.schema())) {
      return type.hasDefaultValue() ? byDefault(type) : refusing(absent(copied));
    }
    List<LogicalTypeDifference> differences = LogicalTypeDifference.between(type.schema(), writer);
    if (!differences.isEmpty()) {
      return refusing(otherwise(copied, differences.get(0)));
    }
    return SchemaNormalization.toParsingForm(writer)
            .equals(SchemaNormalization.toParsingForm(type.schema()))
        ? (record, from, to, copies) -> copies.write(record, from, to - from)
        : new AvroToAvro(copied, writer, type.schema());
  }

  @Override
  public Copy fromJson(int field) {
    return new JsonToAvro(json, fields.get(field), types.get(field));
  }

  /** Writes a field's default, which its schema has beside it. */
  static Copy byDefault(Field type) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(bytes, null);
    try {
      new GenericDatumWriter<>(type.schema())
          .write(GenericData.get().getDefaultValue(type), encoder);
    } catch (IOException e) {
      throw new UncheckedIOException("Writing into memory failed", e);
    }
    byte[] value = bytes.toByteArray();
    return (record, from, to, copies) -> copies.write(value, 0, value.length);
  }

  static boolean takesNull(Schema schema) {
    return schema.getType() == Schema.Type.NULL || schema.isNullable();
  }

  static UndecodableRecordException absent(CopiedField field) {
    return new UndecodableRecordException(
        DeadLetterReason.NULL_FIELD,
        "Field %s is missing or null, and predictions have to hold it (key: output.copy; to allow that: a union with null in output.copy-schema)"
            .formatted(field.path()));
  }

  private static UndecodableRecordException otherwise(
      CopiedField field, LogicalTypeDifference difference) {
    return new UndecodableRecordException(
        DeadLetterReason.SCHEMA_MISMATCH,
        "Field %s%s is a %s (expected: a %s, as the schema of predictions says; see output.copy-schema)"
            .formatted(
                field.path(), difference.location(), difference.written(), difference.expected()));
  }

  private static Copy refusing(UndecodableRecordException refusal) {
    return (record, from, to, copies) -> {
      throw refusal;
    };
  }
}
