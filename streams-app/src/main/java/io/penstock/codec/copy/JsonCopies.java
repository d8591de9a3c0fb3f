package io.penstock.codec.copy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.io.SerializedString;
import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import java.util.List;
import org.apache.avro.Schema;

/**
 * Fields of records as members of a JSON object, each with a comma before it. JSON is copied as it
 * stands. Thread-safe.
 */
public final class JsonCopies implements CopyTarget {

  private final JsonFactory json;
  private final List<CopiedField> fields;
  private final byte[][] names;

  public JsonCopies(JsonFactory json, List<CopiedField> fields) {
    this.json = json;
    this.fields = List.copyOf(fields);
    this.names =
        fields.stream()
            .map(field -> new SerializedString(field.name()).asQuotedUTF8())
            .toArray(byte[][]::new);
  }

  @Override
  public List<CopiedField> fields() {
    return fields;
  }

  @Override
  public Copy fromAvro(int field, Schema writer) {
    Copy value = new AvroToJson(json, fields.get(field), writer);
    return named(names[field], value);
  }

  @Override
  public Copy fromJson(int field) {
    return named(names[field], (record, from, to, copies) -> copies.write(record, from, to - from));
  }

  private static Copy named(byte[] name, Copy value) {
    return (record, from, to, copies) -> {
      copies.write(',');
      copies.write('"');
      copies.write(name, 0, name.length);
      copies.write('"');
      copies.write(':');
      value.append(record, from, to, copies);
    };
  }
}
