package io.penstock.http.predict;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.penstock.http.exchange.JsonTexts;
import io.penstock.http.exchange.Question;
import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRoom;
import io.penstock.requests.RequestRows;
import io.penstock.requests.examples.ExampleRows;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The body of {@code :classify} and {@code :regress}: {@code {"examples": [{"feature": value},
 * …]}}, and perhaps a {@code context} of features that all of them have, and a {@code
 * signature_name}. The signature takes serialized {@code tf.Example}s. Immutable.
 */
final class ExamplesRequest implements Question {

  private final byte[] context;
  private final List<byte[]> examples;
  private final Optional<String> signature;
  private final Function<JsonAnswer, byte[]> writer;

  /**
   * @param context features that all examples have
   * @param examples the features that each has of its own
   */
  private ExamplesRequest(
      byte[] context,
      List<byte[]> examples,
      Optional<String> signature,
      Function<JsonAnswer, byte[]> writer) {
    this.context = context;
    this.examples = examples;
    this.signature = signature;
    this.writer = writer;
  }

  /**
   * Reads a body.
   *
   * @param writer writes what is asked for
   * @throws RefusedRequestException if it is ill-formed
   */
  static ExamplesRequest of(byte[] body, RequestRoom room, Function<JsonAnswer, byte[]> writer) {
    return JsonTexts.readObject(body, parser -> read(parser, room, writer));
  }

  private static ExamplesRequest read(
      JsonParser parser, RequestRoom room, Function<JsonAnswer, byte[]> writer) throws IOException {
    List<byte[]> examples = null;
    byte[] context = new byte[0];
    String signature = null;
    for (String key = parser.nextFieldName(); key != null; key = parser.nextFieldName()) {
      parser.nextToken();
      switch (key) {
        case "examples" -> examples = examples(parser, room);
        case "context" -> {
          context = ExampleBytes.features(parser, "context");
          room.takeBytes(context.length);
        }
        case JsonRequest.SIGNATURE -> signature = JsonRequest.text(parser);
        default -> parser.skipChildren();
      }
    }
    if (examples == null || examples.isEmpty()) {
      throw RefusedRequestException.invalid(
          "When method is classify or regress, key 'examples' is expected and was not found");
    }
    return new ExamplesRequest(context, examples, Optional.ofNullable(signature), writer);
  }

  private static @Nullable List<byte[]> examples(JsonParser parser, RequestRoom room)
      throws IOException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      return null;
    }
    List<byte[]> examples = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      room.requireRows(examples.size() + 1);
      byte[] own = ExampleBytes.features(parser, "example " + examples.size());
      room.takeBytes(Column.STRING_BYTES + own.length);
      examples.add(own);
    }
    return examples;
  }

  @Override
  public Optional<String> signature() {
    return signature;
  }

  @Override
  public byte[] write(Answer answer) {
    return writer.apply(new JsonAnswer(answer));
  }

  @Override
  public RequestRows decode(ModelSignature signatureToRun, RequestRoom room) {
    // Each holds a copy of the context: a body of kilobytes asks for gigabytes so.
    room.takeBytes(
        examples.stream()
            .mapToLong(own -> Column.STRING_BYTES + ExampleBytes.exampleSize(context, own))
            .sum());
    return ExampleRows.of(
        signatureToRun, examples.size(), row -> ExampleBytes.example(context, examples.get(row)));
  }
}
