package io.penstock.benchmarks.subject;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;

/** What a service answers to {@code GET /health/ready} and {@code /metrics}. Thread-safe. */
final class ServiceHealth implements Subject.Health {

  private static final Duration LIMIT = Duration.ofSeconds(2);

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final HttpRequest ready;
  private final HttpRequest metrics;

  ServiceHealth(int port) {
    ready = get(port, "/health/ready");
    metrics = get(port, "/metrics");
  }

  private static HttpRequest get(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(LIMIT)
        .build();
  }

  @Override
  public boolean isReady() {
    return ask().isPresent();
  }

  @Override
  public double averageBatchRows(String pipeline) {
    return ask()
        .map(report -> report.path("pipelines").path(pipeline).path("averageBatchRows"))
        .filter(JsonNode::isNumber)
        .map(JsonNode::asDouble)
        .orElse(Double.NaN);
  }

  @Override
  public double runs(String pipeline) {
    String sample = "penstock_runs_total{pipeline=\"%s\"} ".formatted(pipeline);
    return text(metrics)
        .flatMap(text -> text.lines().filter(line -> line.startsWith(sample)).findFirst())
        .map(line -> Double.parseDouble(line.substring(sample.length())))
        .orElse(Double.NaN);
  }

  /** The report of a service that is ready. */
  private Optional<JsonNode> ask() {
    return text(ready)
        .map(
            report -> {
              try {
                return json.readTree(report);
              } catch (JsonProcessingException e) {
                throw new UncheckedIOException(e);
              }
            });
  }

  private Optional<String> text(HttpRequest request) {
    try {
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? Optional.of(answer.body()) : Optional.empty();
    } catch (IOException e) {
      // It does not listen yet, or no longer: whoever asks looks whether it lives.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }
}
