package io.penstock.benchmarks.peer.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A client of a model server's REST interface, over one connection. Not thread-safe. */
final class PredictClient {

  /** Where predictions are asked for, as at TensorFlow Serving. */
  static final String PATH = "/v1/models/model:predict";

  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int OK = 200;
  private static final int MAX_OUTPUTS = 4096;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
  private final JsonFactory json = FastJson.factory();
  private final float[] scores = new float[MAX_OUTPUTS];
  private final URI uri;

  /** A client of the server on that port of this machine. */
  PredictClient(int port) {
    this.uri = URI.create("http://127.0.0.1:" + port + PATH);
  }

  /** The predictions of those instances, in their order. */
  List<float[]> predict(List<float[]> instances) {
    try {
      HttpResponse<byte[]> answer =
          http.send(
              HttpRequest.newBuilder(uri)
                  .timeout(LIMIT)
                  .header("Content-Type", "application/json")
                  .POST(HttpRequest.BodyPublishers.ofByteArray(body(instances)))
                  .build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() != OK) {
        throw new IllegalStateException(
            "The model server answers %d (expected: %d)".formatted(answer.statusCode(), OK));
      }
      return predictions(answer.body());
    } catch (IOException e) {
      throw new UncheckedIOException("The model server does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while asking the model server", e);
    }
  }

  private byte[] body(List<float[]> instances) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    try (JsonGenerator request = json.createGenerator(body)) {
      request.writeStartObject();
      request.writeArrayFieldStart("instances");
      for (float[] instance : instances) {
        request.writeStartArray();
        for (float value : instance) {
          request.writeNumber(value);
        }
        request.writeEndArray();
      }
      request.writeEndArray();
      request.writeEndObject();
    }
    return body.toByteArray();
  }

  private List<float[]> predictions(byte[] body) throws IOException {
    List<float[]> predictions = new ArrayList<>();
    try (JsonParser answer = json.createParser(body)) {
      int depth = 0;
      int column = 0;
      for (JsonToken token = answer.nextToken(); token != null; token = answer.nextToken()) {
        switch (token) {
          case START_ARRAY -> {
            depth++;
            column = 0;
          }
          case END_ARRAY -> {
            if (depth == 2) {
              predictions.add(Arrays.copyOf(scores, column));
            }
            depth--;
          }
          case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT -> scores[column++] = answer.getFloatValue();
          default -> {
            // The one object and its one field.
          }
        }
      }
    }
    return predictions;
  }
}
