package io.penstock.benchmarks.requests;

import io.penstock.benchmarks.data.Workload;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/models/MODEL:predict} over as many connections as there are requests on their
 * way. What is sent was made beforehand; of what comes, only its status counts.
 */
public final class RestClient implements RequestClient {

  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final int OK = 200;

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();
  private final List<HttpRequest> requests;

  /** A client of the server on that port of this machine. */
  public RestClient(int port, Workload workload) {
    URI uri =
        URI.create("http://127.0.0.1:%d/v1/models/%s:predict".formatted(port, workload.name()));
    requests = workload.records().stream().map(row -> request(uri, workload, row)).toList();
  }

  private static HttpRequest request(URI uri, Workload workload, GenericRecord row) {
    StringBuilder inputs = new StringBuilder();
    workload
        .fields()
        .forEach(
            (input, field) ->
                inputs
                    .append(inputs.isEmpty() ? "" : ", ")
                    .append("\"%s\": [%s]".formatted(input, row.get(field))));
    return HttpRequest.newBuilder(uri)
        .timeout(LIMIT)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString("{\"inputs\": {" + inputs + "}}"))
        .build();
  }

  @Override
  public void ask(long number, Consumer<@Nullable Throwable> ended) {
    var unused =
        http.sendAsync(
                requests.get((int) (number % requests.size())),
                HttpResponse.BodyHandlers.ofByteArray())
            .whenComplete(
                (answer, failure) ->
                    ended.accept(
                        answer == null || answer.statusCode() == OK
                            ? failure
                            : new IllegalStateException("status " + answer.statusCode())));
  }

  @Override
  public void close() {
    // Its connections end with it: a client of Java 17 cannot be closed.
  }
}
