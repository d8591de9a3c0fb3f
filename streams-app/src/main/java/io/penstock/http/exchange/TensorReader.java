package io.penstock.http.exchange;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.codec.NumericCast;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads JSON's nested lists into the flat elements of one input, and finds out their shape: row by
 * row, or a tensor at once. Not thread-safe: one for each input of a request.
 */
public final class TensorReader {

  private static final int MAX_RANK = 64;
  private static final int UNKNOWN = -1;
  private static final String BASE64 = "b64";

  private final TensorSpec input;
  private final RequestRoom room;
  private final NumericCast cast;
  private final int[] dimensions = new int[MAX_RANK];
  private final List<byte[]> strings = new ArrayList<>();
  private NumericColumn numbers;
  private int rank = UNKNOWN;
  private int deepestList;
  private int elements;
  private int values;

  /**
   * A reader of values for that input.
   *
   * @param room takes what they need before it is made: a list of ones is four times as long as its
   *     text
   */
  public TensorReader(TensorSpec input, RequestRoom room) {
    this.input = input;
    this.room = room;
    // A number in JSON is a decimal text: the nearest float is what it means.
    this.cast = NumericCast.ofDecimals(input);
    this.numbers = numbers(0);
    Arrays.fill(dimensions, UNKNOWN);
  }

  private NumericColumn numbers(int capacity) {
    DType dtype = input.dtype() == DType.STRING ? DType.INT8 : input.dtype();
    NumericColumn column = (NumericColumn) Column.of(dtype);
    column.reshape(new int[0], capacity);
    return column;
  }

  /** What is read. */
  public TensorSpec input() {
    return input;
  }

  /** Elements of all values together. */
  public int elements() {
    return elements;
  }

  /** How many values were read, each of one shape. */
  public int values() {
    return values;
  }

  /** Reads the value that the parser stands at. */
  public void read(JsonParser parser) throws IOException {
    read(parser, 0);
    values++;
  }

  /** Reads a value of bytes, whose {@code b64} the parser stands at, within its object. */
  public void readBase64(JsonParser parser) throws IOException {
    requireScalarAt(0, parser);
    add(base64(parser));
    values++;
  }

  private void read(JsonParser parser, int level) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      requireScalarAt(level, parser);
      readElement(parser);
      return;
    }
    if (rank != UNKNOWN && level >= rank) {
      throw RefusedRequestException.invalid(
          "input %s: a list at level %d (expected: a value, as before)".formatted(input, level));
    }
    deepestList = Math.max(deepestList, level + 1);
    int length = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      read(parser, level + 1);
      length++;
    }
    if (dimensions[level] == UNKNOWN) {
      dimensions[level] = length;
    } else if (dimensions[level] != length) {
      throw RefusedRequestException.invalid(
          "input %s: Encountered list at unexpected size: %d at level: %d expected size: %d"
              .formatted(input, length, level, dimensions[level]));
    }
  }

  private void requireScalarAt(int level, JsonParser parser) throws IOException {
    if (rank == UNKNOWN && level >= deepestList) {
      rank = level;
    } else if (rank != level) {
      throw RefusedRequestException.invalid(
          "input %s: JSON Value: %s at level %d (expected: a list, as before)"
              .formatted(input, shown(parser), level));
    }
  }

  private void readElement(JsonParser parser) throws IOException {
    if (input.dtype() == DType.STRING) {
      add(text(parser));
      return;
    }
    if (elements == numbers.capacityRows()) {
      grow();
    }
    int at = numbers.offset(elements, 0);
    if (!put(parser, at)) {
      throw mismatch(parser);
    }
    elements++;
  }

  private void grow() {
    int capacity = Math.max(16, Math.multiplyExact(elements, 2));
    room.takeBytes((long) capacity * Column.elementBytes(numbers.dtype()));
    NumericColumn larger = numbers(capacity);
    System.arraycopy(numbers.bytes(), 0, larger.bytes(), 0, numbers.offset(elements, 0));
    room.giveBackBytes(numbers.storageBytes());
    numbers = larger;
  }

  private boolean put(JsonParser parser, int at) throws IOException {
    JsonToken token = parser.currentToken();
    if (input.dtype() == DType.BOOL) {
      numbers.bytes()[at] = (byte) (token == JsonToken.VALUE_TRUE ? 1 : 0);
      return token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE;
    }
    if (input.dtype().isFloat()) {
      return token != null && token.isNumeric() && putFloat(parser, at);
    }
    return token == JsonToken.VALUE_NUMBER_INT && putInteger(parser, at);
  }

  private boolean putFloat(JsonParser parser, int at) throws IOException {
    // Asked first: 1e999 becomes infinite by being read, Infinity is.
    boolean isLiteral = parser.isNaN();
    if (input.dtype() == DType.FLOAT32) {
      float value = parser.getFloatValue();
      numbers.putFloat(at, value);
      return isLiteral || Float.isFinite(value);
    }
    double value = parser.getDoubleValue();
    return (isLiteral || Double.isFinite(value)) && cast.put(value, numbers, at);
  }

  private boolean putInteger(JsonParser parser, int at) throws IOException {
    if (parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
      return cast.put(parser.getLongValue(), numbers, at);
    }
    BigInteger value = parser.getBigIntegerValue();
    if (input.dtype() != DType.UINT64 || value.signum() < 0 || value.bitLength() > Long.SIZE) {
      return false;
    }
    numbers.putLong(at, value.longValue());
    return true;
  }

  private byte[] text(JsonParser parser) throws IOException {
    if (parser.currentToken() == JsonToken.VALUE_STRING) {
      return parser.getText().getBytes(StandardCharsets.UTF_8);
    }
    if (parser.currentToken() == JsonToken.START_OBJECT && BASE64.equals(parser.nextFieldName())) {
      return base64(parser);
    }
    throw mismatch(parser);
  }

  private byte[] base64(JsonParser parser) throws IOException {
    if (parser.nextToken() == JsonToken.VALUE_STRING) {
      byte[] value = parser.getBinaryValue();
      if (parser.nextToken() == JsonToken.END_OBJECT) {
        return value;
      }
    }
    throw mismatch(parser);
  }

  private void add(byte[] text) {
    if (input.dtype() != DType.STRING) {
      throw RefusedRequestException.invalid(
          "input %s: bytes (expected: %s)".formatted(input, input.dtype()));
    }
    room.takeBytes(Column.STRING_BYTES + text.length);
    strings.add(text);
    elements++;
  }

  private RefusedRequestException mismatch(JsonParser parser) throws IOException {
    return RefusedRequestException.invalid(
        "input %s: JSON Value: %s is not of expected type: %s"
            .formatted(input, shown(parser), input.dtype()));
  }

  private static String shown(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null || token.isStructStart() || token.isStructEnd()) {
      return token == JsonToken.START_ARRAY || token == JsonToken.END_ARRAY ? "[…]" : "{…}";
    }
    String text = parser.getText();
    String start = text.length() > 40 ? text.substring(0, 40) + "…" : text;
    return token == JsonToken.VALUE_STRING ? "\"" + start + "\"" : start;
  }

  /** The dimensions of the values, which all have the same. */
  public int[] shape() {
    return Arrays.copyOf(dimensions, rank == UNKNOWN ? deepestList : rank);
  }

  /** Gives a column that many rows of that shape, which are all elements there are. */
  public void copyTo(Column column, int[] rowShape, int rows) {
    room.takeBytes((long) elements * Column.elementBytes(column.dtype()));
    column.reshape(rowShape, rows);
    if (column instanceof StringColumn to) {
      for (int element = 0; element < elements; element++) {
        to.set(0, element, strings.get(element));
      }
    } else if (column instanceof NumericColumn to) {
      System.arraycopy(numbers.bytes(), 0, to.bytes(), 0, numbers.offset(elements, 0));
    }
  }
}
