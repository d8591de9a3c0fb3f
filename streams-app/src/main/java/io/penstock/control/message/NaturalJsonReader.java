package io.penstock.control.message;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Reads what {@link NaturalJsonWriter} writes, and what people write: a time may be a number of
 * milliseconds too.
 *
 * <p>Strict about types, because commands are typed by hand: {@code "2"} and {@code 2.0} are no
 * whole numbers. Fields that the schema lacks are noted and otherwise ignored. One object reads one
 * message. Not thread-safe.
 */
final class NaturalJsonReader {

  private static final PenstockClasses CLASSES = new PenstockClasses();
  private static final int SHOWN_CHARACTERS = 80;

  private final List<String> unknownFields = new ArrayList<>();

  /** The paths of the fields read so far that the schema lacks. */
  List<String> unknownFields() {
    return unknownFields;
  }

  /**
   * Reads a specific record of that schema.
   *
   * @throws MalformedMessageException if the tree does not fit
   */
  Object read(JsonNode tree, Schema schema) {
    return record(tree, schema, "");
  }

  private @Nullable Object value(JsonNode node, Schema schema, String path) {
    return switch (schema.getType()) {
      case UNION -> node.isNull() ? orFail(node, schema, path) : value(node, present(schema), path);
      case RECORD -> record(node, schema, path);
      case ARRAY -> array(node, schema, path);
      case MAP -> map(node, schema, path);
      case ENUM -> symbol(node, schema, path);
      case STRING -> node.isTextual() ? node.textValue() : fail(node, "text", path);
      case BOOLEAN -> node.isBoolean() ? node.booleanValue() : fail(node, "true or false", path);
      case INT ->
          node.isIntegralNumber() && node.canConvertToInt()
              ? node.intValue()
              : fail(node, "a whole number of 32 bits", path);
      case DOUBLE -> node.isNumber() ? node.doubleValue() : fail(node, "a number", path);
      case LONG -> isTime(schema) ? time(node, path) : wholeNumber(node, path);
      default -> throw new IllegalArgumentException("type: " + schema.getType() + " at " + path);
    };
  }

  private Object record(JsonNode node, Schema schema, String path) {
    if (!node.isObject()) {
      return fail(node, "an object", path);
    }
    IndexedRecord record = (IndexedRecord) CLASSES.newRecord(null, schema);
    for (Schema.Field field : schema.getFields()) {
      JsonNode child = node.get(field.name());
      String childPath = path.isEmpty() ? field.name() : path + "." + field.name();
      if (child != null) {
        record.put(field.pos(), value(child, field.schema(), childPath));
      } else if (field.hasDefaultValue()) {
        record.put(field.pos(), CLASSES.getDefaultValue(field));
      } else {
        throw new MalformedMessageException(
            "%s: missing (expected: %s)".formatted(childPath, expected(field.schema())));
      }
    }
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      if (schema.getField(entry.getKey()) == null && !entry.getValue().isNull()) {
        unknownFields.add(path.isEmpty() ? entry.getKey() : path + "." + entry.getKey());
      }
    }
    return record;
  }

  private Object array(JsonNode node, Schema schema, String path) {
    if (!node.isArray()) {
      return fail(node, expected(schema), path);
    }
    List<@Nullable Object> elements = new ArrayList<>(node.size());
    for (JsonNode element : node) {
      elements.add(value(element, schema.getElementType(), path + "[" + elements.size() + "]"));
    }
    return elements;
  }

  private Object map(JsonNode node, Schema schema, String path) {
    if (!node.isObject()) {
      return fail(node, expected(schema), path);
    }
    Map<String, @Nullable Object> values = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : node.properties()) {
      values.put(
          entry.getKey(),
          value(entry.getValue(), schema.getValueType(), path + "." + entry.getKey()));
    }
    return values;
  }

  private static Object symbol(JsonNode node, Schema schema, String path) {
    if (!node.isTextual()) {
      return fail(node, expected(schema), path);
    }
    String symbol = node.textValue();
    String known = schema.hasEnumSymbol(symbol) ? symbol : schema.getEnumDefault();
    return known == null ? fail(node, expected(schema), path) : CLASSES.createEnum(known, schema);
  }

  private static Object wholeNumber(JsonNode node, String path) {
    return node.isIntegralNumber() && node.canConvertToLong()
        ? node.longValue()
        : fail(node, "a whole number", path);
  }

  private static Object time(JsonNode node, String path) {
    try {
      if (node.isTextual()) {
        return Instant.parse(node.textValue()).truncatedTo(ChronoUnit.MILLIS);
      }
      if (node.isIntegralNumber() && node.canConvertToLong()) {
        return Instant.ofEpochMilli(node.longValue());
      }
    } catch (DateTimeException e) {
      return fail(node, "a time like 2026-01-31T12:00:00Z", path);
    }
    return fail(node, "a time like 2026-01-31T12:00:00Z", path);
  }

  /** The one branch of a nullable type that is not null. */
  private static Schema present(Schema union) {
    return union.getTypes().stream().filter(type -> !isNull(type)).findFirst().orElseThrow();
  }

  private static boolean isNull(Schema schema) {
    return schema.getType() == Schema.Type.NULL;
  }

  private static boolean isTime(Schema schema) {
    return schema.getLogicalType() instanceof LogicalTypes.TimestampMillis;
  }

  private static @Nullable Object orFail(JsonNode node, Schema union, String path) {
    return union.isNullable() ? null : fail(node, expected(present(union)), path);
  }

  private static String expected(Schema schema) {
    return switch (schema.getType()) {
      case RECORD -> "an object";
      case ARRAY -> "a list";
      case MAP -> "an object of names and values";
      case ENUM -> "one of " + schema.getEnumSymbols();
      case STRING -> "text";
      case LONG -> isTime(schema) ? "a time" : "a whole number";
      case DOUBLE -> "a number";
      default -> schema.getType().getName();
    };
  }

  private static Object fail(JsonNode node, String expected, String path) {
    String shown = node.toString();
    if (shown.length() > SHOWN_CHARACTERS) {
      shown = shown.substring(0, SHOWN_CHARACTERS) + "…";
    }
    throw new MalformedMessageException(
        "%s: %s (expected: %s)".formatted(path.isEmpty() ? "message" : path, shown, expected));
  }
}
