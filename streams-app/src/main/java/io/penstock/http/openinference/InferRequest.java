package io.penstock.http.openinference;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.codec.json.JsonElementWriter;
import io.penstock.http.exchange.JsonTexts;
import io.penstock.http.exchange.Question;
import io.penstock.http.exchange.TensorReader;
import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code infer}: inputs by name, shape, datatype and data, perhaps an {@code id}, the
 * outputs that are asked for, and {@code parameters.signature_name}. Data may be flat or nested. It
 * is read twice: what there is, then the data straight into columns.
 *
 * <p>Immutable.
 */
final class InferRequest implements Question {

  private static final int UNKNOWN = -1;

  /** TensorFlow's {@code TensorShape::MaxDimensions}. */
  private static final int MAX_RANK = 254;

  /** What an announcement takes in memory beside its name. */
  private static final int ANNOUNCED_BYTES = 256;

  private final byte[] body;
  private final @Nullable String id;
  private final Optional<String> signature;
  private final List<Input> inputs;
  private final List<String> outputs;

  /** An input as it is announced. */
  private record Input(String name, String datatype, List<Integer> shape) {

    long elements() {
      try {
        return shape.stream().mapToLong(Integer::longValue).reduce(1, Math::multiplyExact);
      } catch (ArithmeticException e) {
        throw RefusedRequestException.invalid(
            "input %s: its shape %s has more elements than there can be".formatted(name, shape));
      }
    }
  }

  /** An input as it is read. */
  private record Read(Input input, TensorReader reader) {}

  private InferRequest(
      byte[] body,
      @Nullable String id,
      Optional<String> signature,
      List<Input> inputs,
      List<String> outputs) {
    this.body = body;
    this.id = id;
    this.signature = signature;
    this.inputs = inputs;
    this.outputs = outputs;
  }

  /**
   * Reads what a body announces.
   *
   * @param room takes what that needs
   * @throws RefusedRequestException if it is ill-formed
   */
  static InferRequest of(byte[] body, RequestRoom room) {
    return JsonTexts.readObject(body, parser -> read(parser, body, room));
  }

  private static InferRequest read(JsonParser parser, byte[] body, RequestRoom room)
      throws IOException {
    String id = null;
    String signature = null;
    List<Input> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      switch (key) {
        case "id" -> id = text(parser, "id");
        case "parameters" -> signature = signature(parser);
        case "inputs" -> eachObject(parser, key, () -> inputs.add(input(parser, room)));
        case "outputs" -> eachObject(parser, key, () -> outputs.add(output(parser, room)));
        default -> parser.skipChildren();
      }
    }
    if (inputs.isEmpty()) {
      throw RefusedRequestException.invalid("inputs: none (expected: one or more)");
    }
    return new InferRequest(body, id, Optional.ofNullable(signature), inputs, outputs);
  }

  /** What is done with an object in a list, at whose beginning the parser stands. */
  private interface Step {
    void run() throws IOException;
  }

  private static void eachObject(JsonParser parser, String key, Step step) throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw RefusedRequestException.invalid(key + " is no list (expected: a list of objects)");
    }
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (parser.currentToken() != JsonToken.START_OBJECT) {
        throw RefusedRequestException.invalid(key + " has what is no object (expected: objects)");
      }
      step.run();
    }
  }

  private static @Nullable String signature(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw RefusedRequestException.invalid("parameters is no object (expected: an object)");
    }
    String signature = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      if (key.equals("signature_name")) {
        signature = text(parser, key);
      } else {
        parser.skipChildren();
      }
    }
    return signature;
  }

  private static Input input(JsonParser parser, RequestRoom room) throws IOException {
    room.takeBytes(ANNOUNCED_BYTES);
    String name = null;
    String datatype = null;
    List<Integer> shape = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      switch (key) {
        case "name" -> name = text(parser, "inputs.name");
        case "datatype" -> datatype = text(parser, "inputs.datatype");
        case "shape" -> shape = shape(parser);
        default -> parser.skipChildren();
      }
    }
    if (name == null || datatype == null || shape == null) {
      throw RefusedRequestException.invalid(
          "input %s lacks its name, its datatype or its shape (expected: all three)"
              .formatted(name));
    }
    return new Input(name, datatype, shape);
  }

  private static List<Integer> shape(JsonParser parser) throws IOException {
    List<Integer> shape = new ArrayList<>();
    if (parser.currentToken() == JsonToken.START_ARRAY) {
      while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && parser.getIntValue() >= 0) {
        if (shape.size() == MAX_RANK) {
          throw RefusedRequestException.invalid(
              "inputs.shape has more dimensions than a tensor (expected: at most "
                  + MAX_RANK
                  + ")");
        }
        shape.add(parser.getIntValue());
      }
    }
    if (parser.currentToken() != JsonToken.END_ARRAY || shape.isEmpty()) {
      throw RefusedRequestException.invalid(
          "inputs.shape is no list of sizes (expected: the number of rows, then a row's"
              + " dimensions)");
    }
    return shape;
  }

  private static String output(JsonParser parser, RequestRoom room) throws IOException {
    room.takeBytes(ANNOUNCED_BYTES);
    String name = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      if (key.equals("name")) {
        name = text(parser, "outputs.name");
      } else {
        parser.skipChildren();
      }
    }
    if (name == null) {
      throw RefusedRequestException.invalid("an output has no name (expected: one)");
    }
    return name;
  }

  private static String text(JsonParser parser, String key) throws IOException {
    if (parser.currentToken() != JsonToken.VALUE_STRING) {
      throw RefusedRequestException.invalid(key + " is no text (expected: a text)");
    }
    return parser.getText();
  }

  @Override
  public Optional<String> signature() {
    return signature;
  }

  @Override
  public RequestRows decode(ModelSignature run, RequestRoom room) {
    requireOutputs(run);
    Map<String, Read> reads = new LinkedHashMap<>();
    for (Input input : inputs) {
      // It need not be true: rows of nothing take no data.
      room.requireRows(input.shape().get(0));
      TensorSpec spec = specOf(input, run);
      if (reads.put(input.name(), new Read(input, new TensorReader(spec, room))) != null) {
        throw RefusedRequestException.invalid(
            "input %s comes twice (expected: once)".formatted(spec));
      }
    }
    return JsonTexts.readObject(
        body,
        parser -> {
          while (!"inputs".equals(parser.nextFieldName())) {
            parser.nextToken();
            parser.skipChildren();
          }
          parser.nextToken();
          for (Read read : reads.values()) {
            parser.nextToken();
            readData(parser, read.reader());
          }
          return rows(run, reads);
        });
  }

  private void requireOutputs(ModelSignature run) {
    Set<String> names =
        run.outputs().stream().map(TensorSpec::name).collect(Collectors.toUnmodifiableSet());
    for (String asked : outputs) {
      if (!names.contains(asked)) {
        throw RefusedRequestException.invalid(
            "unknown output: %s (expected: one of %s)".formatted(asked, run.outputs()));
      }
    }
  }

  private static TensorSpec specOf(Input input, ModelSignature run) {
    TensorSpec spec =
        run.input(input.name())
            .orElseThrow(
                () ->
                    RefusedRequestException.invalid(
                        "unknown input: %s (expected: one of %s)"
                            .formatted(input.name(), run.inputs())));
    if (!input.datatype().equals(Datatype.of(spec.dtype()))) {
      throw RefusedRequestException.invalid(
          "input %s: datatype %s (expected: %s)"
              .formatted(spec, input.datatype(), Datatype.of(spec.dtype())));
    }
    return spec;
  }

  private static void readData(JsonParser parser, TensorReader reader) throws IOException {
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      if (key.equals("data")) {
        reader.read(parser);
      } else {
        parser.skipChildren();
      }
    }
  }

  private static RequestRows rows(ModelSignature run, Map<String, Read> reads) {
    Rows rows = Rows.of(run.inputs());
    int count = UNKNOWN;
    for (TensorSpec spec : run.inputs()) {
      Read read = reads.get(spec.name());
      if (read == null) {
        throw RefusedRequestException.invalid("input %s is missing".formatted(spec));
      }
      Input input = read.input();
      TensorReader reader = read.reader();
      if (reader.elements() != input.elements()) {
        throw RefusedRequestException.invalid(
            "input %s: %d elements of data (expected: %d, by its shape %s)"
                .formatted(spec, reader.elements(), input.elements(), input.shape()));
      }
      if (count != UNKNOWN && count != input.shape().get(0)) {
        throw RefusedRequestException.invalid(
            "input %s: %d rows (expected: %d, as others)"
                .formatted(spec, input.shape().get(0), count));
      }
      count = input.shape().get(0);
      int[] shape = input.shape().stream().mapToInt(Integer::intValue).toArray();
      reader.copyTo(
          rows.column(run.inputs().indexOf(spec)),
          Arrays.copyOfRange(shape, 1, shape.length),
          count);
    }
    return new RequestRows(run, rows, count);
  }

  @Override
  public byte[] write(Answer answer) {
    List<TensorSpec> all = answer.signature().outputs();
    return JsonTexts.object(
        answer.room(),
        to -> {
          to.writeStringField("model_name", answer.version().model());
          to.writeStringField("model_version", Long.toString(answer.version().version()));
          if (id != null) {
            to.writeStringField("id", id);
          }
          to.writeFieldName("outputs");
          to.writeStartArray();
          for (int i = 0; i < all.size(); i++) {
            if (outputs.isEmpty() || outputs.contains(all.get(i).name())) {
              write(all.get(i), answer.outputs().column(i), answer.rows(), to);
            }
          }
          to.writeEndArray();
        });
  }

  private static void write(TensorSpec output, Column column, int rows, JsonGenerator to)
      throws IOException {
    JsonElementWriter element = JsonElementWriter.of(output);
    to.writeStartObject();
    to.writeStringField("name", output.name());
    to.writeStringField("datatype", Datatype.of(output.dtype()));
    to.writeFieldName("shape");
    to.writeStartArray();
    to.writeNumber(rows);
    for (int dimension : column.rowShape()) {
      to.writeNumber(dimension);
    }
    to.writeEndArray();
    to.writeFieldName("data");
    to.writeStartArray();
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < column.rowElements(); i++) {
        element.write(column, row, i, to);
      }
    }
    to.writeEndArray();
    to.writeEndObject();
  }
}
