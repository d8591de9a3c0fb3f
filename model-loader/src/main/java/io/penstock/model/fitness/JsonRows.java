package io.penstock.model.fitness;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.penstock.model.Column;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/**
 * Rows as JSON, in the row format of TensorFlow Serving's REST API: an instance is an object of
 * values by name, or the value itself where there is but one; dimensions are arrays within arrays;
 * strings are text, or {@code {"b64": …}} for bytes that are none. Stateless.
 */
public final class JsonRows {

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** How bytes that are no text are written. */
  static final String BASE64 = "b64";

  private JsonRows() {}

  /**
   * Reads rows, one for each instance. Dimensions that the signature leaves open are as long as in
   * the first instance.
   *
   * @throws IllegalArgumentException if an instance does not fit; the message says where
   */
  public static Rows read(List<TensorSpec> specs, List<JsonNode> instances) {
    Rows rows = Rows.of(specs);
    for (int i = 0; i < specs.size(); i++) {
      TensorSpec spec = specs.get(i);
      Column column = rows.column(i);
      for (int row = 0; row < instances.size(); row++) {
        JsonNode value = value(specs, spec, instances.get(row), row);
        if (row == 0) {
          column.reshape(rowShape(spec, value), instances.size());
        }
        new Filling(spec, column, row).fill(value);
      }
    }
    return rows;
  }

  /** Writes one row. */
  public static JsonNode write(List<TensorSpec> specs, Rows rows, int row) {
    if (specs.size() == 1) {
      return write(rows.column(0), row);
    }
    ObjectNode instance = NODES.objectNode();
    for (int i = 0; i < specs.size(); i++) {
      instance.set(specs.get(i).name(), write(rows.column(i), row));
    }
    return instance;
  }

  private static JsonNode value(
      List<TensorSpec> specs, TensorSpec spec, JsonNode instance, int row) {
    boolean named = instance.isObject() && !instance.has(BASE64);
    if (!named && specs.size() == 1) {
      return instance;
    }
    List<String> names = specs.stream().map(TensorSpec::name).toList();
    JsonNode value = instance.get(spec.name());
    if (!named || value == null || instance.size() != specs.size()) {
      throw new IllegalArgumentException(
          "instance %d has %s (expected: values for %s)"
              .formatted(
                  row + 1,
                  named ? instance.properties().stream().map(e -> e.getKey()).toList() : instance,
                  names));
    }
    return value;
  }

  /** The shape of the first instance, by the lengths of its first arrays. */
  private static int[] rowShape(TensorSpec spec, JsonNode value) {
    int[] shape = new int[spec.rowShape().size()];
    JsonNode level = value;
    for (int i = 0; i < shape.length; i++) {
      long size = spec.rowShape().get(i);
      shape[i] = size < 0 ? level.size() : Math.toIntExact(size);
      level = level.path(0);
    }
    return shape;
  }

  private static JsonNode write(Column column, int row) {
    int[] next = {0};
    return write(column, row, column.rowShape(), next);
  }

  private static JsonNode write(Column column, int row, int[] shape, int[] next) {
    if (shape.length == 0) {
      return write(Values.at(column, row, next[0]++));
    }
    ArrayNode array = NODES.arrayNode(shape[0]);
    for (int i = 0; i < shape[0]; i++) {
      array.add(write(column, row, Arrays.copyOfRange(shape, 1, shape.length), next));
    }
    return array;
  }

  private static JsonNode write(Object value) {
    if (value instanceof Float number) {
      return NODES.numberNode(number);
    } else if (value instanceof Double number) {
      return NODES.numberNode(number);
    } else if (value instanceof Long number) {
      return NODES.numberNode(number);
    } else if (value instanceof BigInteger number) {
      return NODES.numberNode(number);
    } else if (value instanceof Boolean bool) {
      return NODES.booleanNode(bool);
    }
    ByteBuffer string = (ByteBuffer) value;
    return Values.text(string)
        .<JsonNode>map(NODES::textNode)
        .orElseGet(() -> NODES.objectNode().put(BASE64, base64(string)));
  }

  private static String base64(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII
        .decode(Base64.getEncoder().encode(bytes.duplicate()))
        .toString();
  }
}
