package io.penstock.http.predict;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.requests.RefusedRequestException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A {@code tf.Example} in protocol buffers' wire format, made of a JSON object feature by feature:
 * a value or a list of values of one kind. Whole numbers are {@code int64}, other numbers {@code
 * float}, texts and {@code {"b64": …}} are {@code bytes}; null is a feature without values.
 *
 * @see <a
 *     href="https://github.com/tensorflow/tensorflow/blob/master/tensorflow/core/example/feature.proto">feature.proto</a>
 */
final class ExampleBytes {

  /** Of fields 1 to 3 that are messages or bytes. */
  private static final int LENGTH_DELIMITED = 2;

  private static final int BYTES_LIST = 1;
  private static final int FLOAT_LIST = 2;
  private static final int INT64_LIST = 3;

  private ExampleBytes() {}

  /**
   * Reads the features of the object that the parser stands at, as entries of the map {@code
   * Features.feature}: examples with a common context begin with its.
   */
  static byte[] features(JsonParser parser, String where) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw RefusedRequestException.invalid(
          where + " is no object (expected: {\"feature\": value, …})");
    }
    ByteArrayOutputStream entries = new ByteArrayOutputStream();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      parser.nextToken();
      ByteArrayOutputStream entry = new ByteArrayOutputStream();
      field(entry, 1, name.getBytes(StandardCharsets.UTF_8));
      field(entry, 2, feature(parser, where + ", feature " + name));
      field(entries, 1, entry.toByteArray());
    }
    return entries.toByteArray();
  }

  /** An example of those entries, in an array of {@link #exampleSize}. */
  static byte[] example(byte[] context, byte[] own) {
    ByteBuffer example = ByteBuffer.allocate(Math.toIntExact(exampleSize(context, own)));
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    tag(head, 1, LENGTH_DELIMITED);
    varint(head, context.length + own.length);
    return example.put(head.toByteArray()).put(context).put(own).array();
  }

  /** Bytes of an example of those entries. */
  static long exampleSize(byte[] context, byte[] own) {
    long entries = (long) context.length + own.length;
    int lengthBytes = 1;
    for (long left = entries >>> 7; left != 0; left >>>= 7) {
      lengthBytes++;
    }
    return 1 + lengthBytes + entries;
  }

  private static byte[] feature(JsonParser parser, String where) throws IOException {
    ByteArrayOutputStream values = new ByteArrayOutputStream();
    int kind = 0;
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      while (parser.nextToken() != JsonToken.END_ARRAY) {
        kind = value(parser, values, kind, where);
      }
    } else if (parser.currentToken() != JsonToken.VALUE_NULL) {
      kind = value(parser, values, 0, where);
    }
    ByteArrayOutputStream feature = new ByteArrayOutputStream();
    if (kind != 0) {
      field(feature, kind, values.toByteArray());
    }
    return feature.toByteArray();
  }

  /** Adds a value to those of a kind, or of any if that is 0; the kind that they are of. */
  private static int value(JsonParser parser, ByteArrayOutputStream to, int kind, String where)
      throws IOException {
    JsonToken token = parser.currentToken();
    int found =
        switch (token) {
          case VALUE_NUMBER_INT -> kind == FLOAT_LIST ? FLOAT_LIST : INT64_LIST;
          case VALUE_NUMBER_FLOAT -> FLOAT_LIST;
          case VALUE_STRING, START_OBJECT -> BYTES_LIST;
          default -> 0;
        };
    if (found == 0 || (kind != 0 && kind != found)) {
      throw RefusedRequestException.invalid(
          where
              + ": a value of another kind (expected: numbers, or texts, throughout; 1.0 for a"
              + " float without a fraction)");
    }
    switch (found) {
      case FLOAT_LIST -> {
        tag(to, 1, 5);
        to.writeBytes(
            ByteBuffer.allocate(Float.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putFloat(parser.getFloatValue())
                .array());
      }
      case INT64_LIST -> {
        tag(to, 1, 0);
        varint(to, parser.getLongValue());
      }
      default -> field(to, 1, bytes(parser, where));
    }
    return found;
  }

  private static byte[] bytes(JsonParser parser, String where) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText().getBytes(StandardCharsets.UTF_8);
    }
    if ("b64".equals(parser.nextFieldName()) && parser.nextToken() == JsonToken.VALUE_STRING) {
      byte[] value = parser.getBinaryValue();
      if (parser.nextToken() == JsonToken.END_OBJECT) {
        return value;
      }
    }
    throw RefusedRequestException.invalid(where + ": an object (expected: {\"b64\": \"base64\"})");
  }

  private static void field(ByteArrayOutputStream to, int number, byte[] value) {
    tag(to, number, LENGTH_DELIMITED);
    varint(to, value.length);
    to.writeBytes(value);
  }

  private static void tag(ByteArrayOutputStream to, int number, int wireType) {
    to.write(number << 3 | wireType);
  }

  private static void varint(ByteArrayOutputStream to, long value) {
    long left = value;
    while ((left & ~0x7fL) != 0) {
      to.write((int) (left & 0x7f) | 0x80);
      left >>>= 7;
    }
    to.write((int) left);
  }
}
