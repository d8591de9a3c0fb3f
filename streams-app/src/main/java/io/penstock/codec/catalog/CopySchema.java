package io.penstock.codec.catalog;

import io.penstock.config.SchemaFile;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.avro.SchemaParser;
import org.jspecify.annotations.Nullable;

/** A file with a schema of the input's records ({@code output.copy-schema}). */
final class CopySchema {

  private CopySchema() {}

  /**
   * The schema in a file.
   *
   * @throws IllegalArgumentException if there is none, or it is no record's
   */
  static @Nullable Schema read(@Nullable SchemaFile file) {
    if (file == null) {
      return null;
    }
    Schema schema;
    try {
      schema = new SchemaParser().parse(file.text()).mainSchema();
    } catch (SchemaParseException e) {
      throw new IllegalArgumentException(
          "copy-schema: %s: %s (expected: a file with an Avro schema)".formatted(file, e), e);
    }
    if (schema.getType() != Schema.Type.RECORD) {
      throw new IllegalArgumentException(
          "copy-schema: %s: %s (expected: a record's schema)".formatted(file, schema.getType()));
    }
    return schema;
  }
}
