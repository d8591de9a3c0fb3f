package io.penstock.http.predict;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.http.exchange.JsonTexts;
import io.penstock.http.exchange.Question;
import io.penstock.http.exchange.TensorReader;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code :predict}: {@code {"instances": [row, …]}} or {@code {"inputs": tensors}}, and
 * perhaps a {@code signature_name}. An input that is the only one need not be named.
 *
 * <p>Where the signature has rows of one element, {@code [-1,1]}, and they are given as bare
 * values, the answer's are bare as well: TensorFlow Serving feeds what it gets.
 *
 * <p>Not thread-safe: used by one thread after the other.
 */
final class JsonRequest implements Question {

  static final String INSTANCES = "instances";
  static final String INPUTS = "inputs";
  static final String SIGNATURE = "signature_name";
  private static final int[] ONE = {1};
  private static final int UNKNOWN = -1;

  private final byte[] body;
  private final boolean byRow;
  private final Optional<String> signature;
  private boolean bare;

  private JsonRequest(byte[] body, boolean byRow, Optional<String> signature) {
    this.body = body;
    this.byRow = byRow;
    this.signature = signature;
  }

  /**
   * Reads a body as far as that can be done without a signature.
   *
   * @throws RefusedRequestException if it is ill-formed
   */
  static JsonRequest of(byte[] body) {
    return JsonTexts.readObject(
        body,
        parser -> {
          String format = null;
          String signature = null;
          for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
            parser.nextToken();
            if (key.equals(INSTANCES) || key.equals(INPUTS)) {
              if (format != null) {
                throw RefusedRequestException.invalid(
                    "Not expected: %s beside %s (expected: one of them, once)"
                        .formatted(key, format));
              }
              format = key;
            } else if (key.equals(SIGNATURE)) {
              signature = text(parser);
            }
            parser.skipChildren();
          }
          if (parser.currentToken() != JsonToken.END_OBJECT || parser.nextToken() != null) {
            throw RefusedRequestException.invalid(
                "JSON Parse error: more behind the object (expected: one object)");
          }
          if (format == null) {
            throw RefusedRequestException.invalid("Missing 'inputs' or 'instances' key");
          }
          return new JsonRequest(body, format.equals(INSTANCES), Optional.ofNullable(signature));
        });
  }

  static String text(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw RefusedRequestException.invalid("'signature_name' key must be a string value.");
    }
    return parser.getText();
  }

  @Override
  public Optional<String> signature() {
    return signature;
  }

  @Override
  public byte[] write(Answer answer) {
    JsonAnswer json = new JsonAnswer(answer);
    return byRow ? json.predictions(bare) : json.outputs(bare);
  }

  @Override
  public RequestRows decode(ModelSignature signatureToRun, RequestRoom room) {
    Map<String, TensorReader> readers = new LinkedHashMap<>();
    for (TensorSpec input : signatureToRun.inputs()) {
      readers.put(input.name(), new TensorReader(input, room));
    }
    return JsonTexts.readObject(
        body,
        parser -> {
          String wanted = byRow ? INSTANCES : INPUTS;
          while (!wanted.equals(parser.nextFieldName())) {
            parser.nextToken();
            parser.skipChildren();
          }
          parser.nextToken();
          if (byRow) {
            return rows(signatureToRun, readers, readInstances(parser, readers, room), room);
          }
          readValues(parser, readers, INPUTS);
          return rows(signatureToRun, readers, UNKNOWN, room);
        });
  }

  private static int readInstances(
      JsonParser parser, Map<String, TensorReader> readers, RequestRoom room) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw RefusedRequestException.invalid(
          "Expecting 'instances' value to be a list/array (expected: a list of rows)");
    }
    int rows = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      room.requireRows(rows + 1);
      readValues(parser, readers, "row " + rows);
      rows++;
      for (TensorReader reader : readers.values()) {
        requireValues(rows, "row " + (rows - 1), reader);
      }
    }
    return rows;
  }

  /** Reads a value for each input, or the bare one of the only input. */
  private static void readValues(JsonParser parser, Map<String, TensorReader> readers, String where)
      throws IOException {
    TensorReader only = readers.size() == 1 ? readers.values().iterator().next() : null;
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      requireOnly(only, where, readers).read(parser);
      return;
    }
    String name = parser.nextFieldName();
    if (name != null && name.equals("b64") && !readers.containsKey(name)) {
      requireOnly(only, where, readers).readBase64(parser);
      return;
    }
    for (; name != null; name = parser.nextFieldName()) {
      TensorReader reader = readers.get(name);
      if (reader == null) {
        throw RefusedRequestException.invalid(
            "%s: unknown input: %s (expected: %s)".formatted(where, name, readers.keySet()));
      }
      parser.nextToken();
      reader.read(parser);
    }
  }

  private static TensorReader requireOnly(
      @Nullable TensorReader only, String where, Map<String, TensorReader> readers) {
    if (only == null) {
      throw RefusedRequestException.invalid(
          "%s: a value without a name (expected: an object with %s)"
              .formatted(where, readers.keySet()));
    }
    return only;
  }

  private static void requireValues(int values, String where, TensorReader reader) {
    if (reader.values() != values) {
      throw RefusedRequestException.invalid(
          "%s: input %s %s (expected: once)"
              .formatted(
                  where, reader.input(), reader.values() < values ? "is missing" : "comes twice"));
    }
  }

  private RequestRows rows(
      ModelSignature signatureToRun,
      Map<String, TensorReader> readers,
      int byRowCount,
      RequestRoom room) {
    Rows rows = Rows.of(signatureToRun.inputs());
    int count = byRowCount;
    boolean allBare = true;
    List<TensorReader> inOrder = List.copyOf(readers.values());
    for (int i = 0; i < inOrder.size(); i++) {
      TensorReader reader = inOrder.get(i);
      int[] shape = reader.shape();
      if (!byRow) {
        requireValues(1, INPUTS, reader);
        if (shape.length == 0) {
          throw RefusedRequestException.invalid(
              "input %s: a single value (expected: a list of rows)".formatted(reader.input()));
        }
        if (count != UNKNOWN && count != shape[0]) {
          throw RefusedRequestException.invalid(
              "input %s: %d rows (expected: %d, as others)"
                  .formatted(reader.input(), shape[0], count));
        }
        count = shape[0];
        room.requireRows(count);
        shape = Arrays.copyOfRange(shape, 1, shape.length);
      }
      boolean isBare = shape.length == 0 && reader.input().rowShape().equals(List.of(1L));
      allBare &= isBare;
      reader.copyTo(rows.column(i), isBare ? ONE : shape, Math.max(0, count));
    }
    bare = allBare;
    return new RequestRows(signatureToRun, rows, count);
  }
}
