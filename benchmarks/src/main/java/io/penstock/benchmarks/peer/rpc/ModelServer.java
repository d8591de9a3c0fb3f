package io.penstock.benchmarks.peer.rpc;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.penstock.benchmarks.peer.PeerArguments;
import io.penstock.benchmarks.peer.SingleInputModel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * A minimal model server: answers {@code {"instances":[[…],…]}} with {@code
 * {"predictions":[[…],…]}}, as TensorFlow Serving's REST interface does. It parses and writes as a
 * stream and builds no tree, to be a good one of its kind.
 *
 * <p>Arguments: {@code port} on loopback; {@code model}, the folder of a SavedModel; {@code batch},
 * the most instances of a request.
 */
public final class ModelServer {

  private static final int OK = 200;

  private final JsonFactory json = FastJson.factory();
  private final SingleInputModel model;

  private ModelServer(SingleInputModel model) {
    this.model = model;
  }

  public static void main(String[] args) throws IOException {
    // Else each answer waits 40 ms: it is written in two parts, which Nagle's algorithm keeps
    // apart.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    PeerArguments arguments = PeerArguments.parse(args);
    ModelServer server =
        new ModelServer(
            new SingleInputModel(Path.of(arguments.text("model")), arguments.number("batch")));
    HttpServer http =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), arguments.number("port")), 0);
    http.createContext(PredictClient.PATH, server::predict);
    // One client asks one thing at a time.
    http.setExecutor(Executors.newSingleThreadExecutor());
    http.start();
    System.out.println(PeerArguments.READY);
  }

  private void predict(HttpExchange exchange) throws IOException {
    try (exchange;
        JsonParser request = json.createParser(exchange.getRequestBody())) {
      int rows = read(request);
      model.run(rows);
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      try (JsonGenerator answer = json.createGenerator(body)) {
        write(answer, rows);
      }
      exchange.sendResponseHeaders(OK, body.size());
      body.writeTo(exchange.getResponseBody());
    }
  }

  /** Reads the instances into the model's rows and says how many there are. */
  private int read(JsonParser request) throws IOException {
    float[] values = new float[model.inputFloats()];
    int rows = 0;
    int depth = 0;
    int column = 0;
    for (JsonToken token = request.nextToken(); token != null; token = request.nextToken()) {
      switch (token) {
        case START_ARRAY -> {
          depth++;
          column = 0;
        }
        case END_ARRAY -> {
          if (depth == 2) {
            model.put(rows++, values);
          }
          depth--;
        }
        case VALUE_NUMBER_FLOAT, VALUE_NUMBER_INT -> values[column++] = request.getFloatValue();
        default -> {
          // The one object and its one field.
        }
      }
    }
    return rows;
  }

  private void write(JsonGenerator answer, int rows) throws IOException {
    answer.writeStartObject();
    answer.writeArrayFieldStart("predictions");
    for (int row = 0; row < rows; row++) {
      answer.writeStartArray();
      for (float value : model.get(row)) {
        answer.writeNumber(value);
      }
      answer.writeEndArray();
    }
    answer.writeEndArray();
    answer.writeEndObject();
  }
}
