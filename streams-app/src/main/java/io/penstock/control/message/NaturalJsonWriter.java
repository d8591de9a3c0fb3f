package io.penstock.control.message;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericFixed;
import org.apache.avro.generic.IndexedRecord;
import org.jspecify.annotations.Nullable;

/**
 * Avro data, generic or specific, as JSON that a person would write: a union is its value, what is
 * null or empty is left out, a time is ISO 8601, bytes are Latin-1 text as in Avro's own JSON.
 */
final class NaturalJsonWriter {

  private NaturalJsonWriter() {}

  /** The tree of a datum of that schema. */
  static JsonNode write(@Nullable Object datum, Schema schema) {
    if (datum == null) {
      return NullNode.instance;
    }
    return switch (schema.getType()) {
      case UNION -> write(datum, branch(datum, schema));
      case RECORD -> writeRecord((IndexedRecord) datum, schema);
      case ARRAY -> {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        for (Object element : (Iterable<?>) datum) {
          array.add(write(element, schema.getElementType()));
        }
        yield array;
      }
      case MAP -> {
        ObjectNode map = JsonNodeFactory.instance.objectNode();
        ((Map<?, ?>) datum)
            .forEach((key, value) -> map.set(key.toString(), write(value, schema.getValueType())));
        yield map;
      }
      case STRING, ENUM -> TextNode.valueOf(datum.toString());
      case BOOLEAN -> BooleanNode.valueOf((Boolean) datum);
      case INT -> IntNode.valueOf((Integer) datum);
      case LONG ->
          datum instanceof Instant time
              ? TextNode.valueOf(time.truncatedTo(ChronoUnit.MILLIS).toString())
              : LongNode.valueOf((Long) datum);
      case FLOAT, DOUBLE -> DoubleNode.valueOf(((Number) datum).doubleValue());
      case BYTES -> latin1(((ByteBuffer) datum).duplicate());
      case FIXED -> latin1(ByteBuffer.wrap(((GenericFixed) datum).bytes()));
      case NULL -> NullNode.instance;
    };
  }

  private static ObjectNode writeRecord(IndexedRecord record, Schema schema) {
    ObjectNode object = JsonNodeFactory.instance.objectNode();
    for (Schema.Field field : schema.getFields()) {
      Object value = record.get(field.pos());
      if (value != null && !(field.hasDefaultValue() && isEmpty(value))) {
        object.set(field.name(), write(value, field.schema()));
      }
    }
    return object;
  }

  /** What its reader finds again in the field's default. */
  private static boolean isEmpty(Object value) {
    return value instanceof Collection<?> list
        ? list.isEmpty()
        : value instanceof Map<?, ?> map && map.isEmpty();
  }

  private static JsonNode latin1(ByteBuffer bytes) {
    return TextNode.valueOf(StandardCharsets.ISO_8859_1.decode(bytes).toString());
  }

  private static Schema branch(Object datum, Schema union) {
    List<Schema> present = union.getTypes().stream().filter(type -> !type.isNullable()).toList();
    return present.size() == 1
        ? present.get(0)
        : union.getTypes().get(GenericData.get().resolveUnion(union, datum));
  }
}
