package io.penstock.registry;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.Schema.Field;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.jspecify.annotations.Nullable;

/**
 * A place where a reader would take what was written for another value, microseconds for
 * milliseconds, a decimal for one of another scale, or may not be able to take it: a decimal of
 * more digits. Avro's resolution of schemas goes by the types below logical ones and does not mind.
 *
 * @param location in the schemas, such as {@code .card.at}, with {@code []} for an array's items
 *     and {@code {}} for a map's values; empty for the whole
 * @param written the writer's logical type
 * @param expected the reader's
 */
public record LogicalTypeDifference(String location, String written, String expected) {

  /**
   * All that there are between two schemas; those within a record where it is met first. Where only
   * one has a logical type, or where they do not fit anyway, there is none.
   */
  public static List<LogicalTypeDifference> between(Schema reader, Schema writer) {
    Comparison comparison = new Comparison();
    comparison.compare(reader, writer, "");
    return List.copyOf(comparison.found);
  }

  /** A walk through two schemas at once. */
  private static final class Comparison {

    private final List<LogicalTypeDifference> found = new ArrayList<>();

    /** Pairs of records: they may hold themselves. */
    private final Set<String> compared = new HashSet<>();

    void compare(Schema reader, Schema writer, String location) {
      if (writer.isUnion()) {
        writer.getTypes().forEach(branch -> compare(reader, branch, location));
      } else if (reader.isUnion()) {
        branch(reader, writer).ifPresent(branch -> compare(branch, writer, location));
      } else if (differ(writer.getLogicalType(), reader.getLogicalType())) {
        found.add(new LogicalTypeDifference(location, describe(writer), describe(reader)));
      } else if (reader.getType() == writer.getType()) {
        switch (writer.getType()) {
          case ARRAY -> compare(reader.getElementType(), writer.getElementType(), location + "[]");
          case MAP -> compare(reader.getValueType(), writer.getValueType(), location + "{}");
          case RECORD -> compareFields(reader, writer, location);
          default -> {}
        }
      }
    }

    private void compareFields(Schema reader, Schema writer, String location) {
      if (compared.add(reader.getFullName() + " of " + writer.getFullName())) {
        for (Field field : reader.getFields()) {
          written(field, writer)
              .ifPresent(schema -> compare(field.schema(), schema, location + "." + field.name()));
        }
      }
    }
  }

  private static Optional<Schema> written(Field field, Schema writer) {
    return Stream.concat(Stream.of(field.name()), field.aliases().stream())
        .map(writer::getField)
        .filter(Objects::nonNull)
        .map(Field::schema)
        .findFirst();
  }

  /** The branch that takes what was written: of its own type, else one that is wider. */
  private static Optional<Schema> branch(Schema union, Schema writer) {
    List<Schema> fitting =
        union.getTypes().stream()
            .filter(
                branch ->
                    SchemaCompatibility.checkReaderWriterCompatibility(branch, writer).getType()
                        == SchemaCompatibilityType.COMPATIBLE)
            .toList();
    return fitting.stream()
        .filter(branch -> branch.getType() == writer.getType())
        .findFirst()
        .or(() -> fitting.stream().findFirst());
  }

  private static boolean differ(@Nullable LogicalType written, @Nullable LogicalType expected) {
    if (written == null || expected == null) {
      return false;
    }
    if (written instanceof LogicalTypes.Decimal from
        && expected instanceof LogicalTypes.Decimal to) {
      return from.getScale() != to.getScale() || from.getPrecision() > to.getPrecision();
    }
    return !written.getName().equals(expected.getName());
  }

  private static String describe(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.Decimal decimal
        ? "decimal(%d, %d)".formatted(decimal.getPrecision(), decimal.getScale())
        : schema.getLogicalType().getName();
  }
}
