package io.penstock.codec.copy;

import io.penstock.codec.CopiedField;
import io.penstock.codec.MappingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.JsonProperties;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;

/**
 * The types that copied fields have in predictions: those that a schema of the records gives them,
 * or null where something on the way may be missing.
 */
public final class CopiedTypes {

  private CopiedTypes() {}

  /**
   * The fields' types, in their order. A field that may be null has null for a default, so that it
   * can be added to predictions that there are.
   *
   * @param records a schema of the records
   * @throws MappingException if that has no such field
   */
  public static List<Field> of(List<CopiedField> fields, Schema records) {
    List<Field> types = new ArrayList<>();
    for (CopiedField field : fields) {
      types.add(type(field, records));
    }
    return types;
  }

  private static Field type(CopiedField copied, Schema records) {
    Schema schema = records;
    boolean mayBeMissing = false;
    Optional<Field> last = Optional.empty();
    for (String segment : copied.path().split("\\.", -1)) {
      boolean nullable = schema.getType() == Schema.Type.UNION;
      Schema around = nullable ? withoutNull(schema, copied) : schema;
      mayBeMissing |= nullable || around.getType() == Schema.Type.MAP;
      switch (around.getType()) {
        case RECORD -> {
          Field field = around.getField(segment);
          if (field == null) {
            throw unknown(
                copied,
                "%s has no field %s (expected: one of %s)"
                    .formatted(
                        around.getFullName(),
                        segment,
                        around.getFields().stream().map(Field::name).toList()));
          }
          last = Optional.of(field);
          schema = field.schema();
        }
        case MAP -> {
          last = Optional.empty();
          schema = around.getValueType();
        }
        default ->
            throw unknown(
                copied,
                "%s is not in reach: %s is neither record nor map"
                    .formatted(segment, around.getFullName()));
      }
    }
    return type(mayBeMissing ? nullable(schema) : schema, last);
  }

  private static Field type(Schema schema, Optional<Field> original) {
    if (schema.getType() == Schema.Type.UNION
        && schema.getTypes().get(0).getType() == Schema.Type.NULL) {
      return new Field("copied", schema, null, JsonProperties.NULL_VALUE);
    }
    return original
        .filter(field -> field.hasDefaultValue() && field.schema().equals(schema))
        .map(field -> new Field("copied", schema, null, field.defaultVal()))
        .orElseGet(() -> new Field("copied", schema));
  }

  private static Schema nullable(Schema schema) {
    if (schema.getType() == Schema.Type.NULL || schema.isNullable()) {
      return schema;
    }
    List<Schema> branches = new ArrayList<>();
    branches.add(Schema.create(Schema.Type.NULL));
    branches.addAll(schema.getType() == Schema.Type.UNION ? schema.getTypes() : List.of(schema));
    return Schema.createUnion(branches);
  }

  private static Schema withoutNull(Schema union, CopiedField copied) {
    List<Schema> branches =
        union.getTypes().stream().filter(b -> b.getType() != Schema.Type.NULL).toList();
    if (branches.size() != 1) {
      throw unknown(copied, "there is a union of several types on the way: " + union);
    }
    return branches.get(0);
  }

  private static MappingException unknown(CopiedField copied, String why) {
    return new MappingException("output.copy: %s: %s".formatted(copied.path(), why));
  }
}
