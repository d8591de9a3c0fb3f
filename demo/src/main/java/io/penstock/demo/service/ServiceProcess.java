package io.penstock.demo.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.penstock.localstack.host.JavaProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** The running service and what it says of itself. Thread-safe. */
public final class ServiceProcess implements AutoCloseable {

  private static final Duration GRACE = Duration.ofSeconds(15);
  private static final Duration HEALTH_TIMEOUT = Duration.ofSeconds(2);
  private static final int LAST_LINES = 25;

  private final HttpClient http = HttpClient.newBuilder().connectTimeout(HEALTH_TIMEOUT).build();
  private final ObjectMapper json = new ObjectMapper();
  private final JavaProcess process;
  private final URI readiness;

  private ServiceProcess(JavaProcess process, URI readiness) {
    this.process = process;
    this.readiness = readiness;
  }

  /**
   * Starts the service from its distribution.
   *
   * @param httpPort the port that the configuration says
   * @param folder for its log and its temporary files, which exists
   */
  public static ServiceProcess start(Path distribution, Path config, int httpPort, Path folder) {
    JavaProcess process =
        JavaProcess.start(
            ServiceLaunch.of(
                distribution,
                List.of("serve", "--config", config.toString()),
                folder,
                folder.resolve("service.log")));
    return new ServiceProcess(
        process, URI.create("http://127.0.0.1:%d/health/ready".formatted(httpPort)));
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** How it ended, with the end of its log. Waits until it has. */
  public String obituary() {
    return "The service ended with exit code %d. The end of its log:%n%s"
        .formatted(process.exitCode(), lastLog());
  }

  /** The end of its log. */
  public String lastLog() {
    return String.join(System.lineSeparator(), process.lastLines(LAST_LINES));
  }

  /** Whether it says that it is ready, and that the demo's pipeline is. */
  public boolean isReady() {
    return health()
        .filter(answer -> answer.statusCode() == 200)
        .filter(answer -> pipeline(answer).path("ready").asBoolean())
        .isPresent();
  }

  /** The average rows per batch of the demo's pipeline, if the service says it. */
  public OptionalDouble averageBatchRows() {
    return health()
        .map(answer -> pipeline(answer).path("averageBatchRows").asDouble())
        .filter(rows -> rows > 0)
        .map(OptionalDouble::of)
        .orElseGet(OptionalDouble::empty);
  }

  private Optional<HttpResponse<String>> health() {
    HttpRequest request = HttpRequest.newBuilder(readiness).timeout(HEALTH_TIMEOUT).build();
    try {
      return Optional.of(http.send(request, HttpResponse.BodyHandlers.ofString()));
    } catch (IOException e) {
      // It does not listen yet, or no longer: whoever asks looks whether it lives.
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.empty();
    }
  }

  private JsonNode pipeline(HttpResponse<String> answer) {
    try {
      return json.readTree(answer.body()).path("pipelines").path(ServiceConfig.PIPELINE);
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  /** Asks the service to end and waits, but not for ever; idempotent. */
  @Override
  public void close() {
    process.stop(GRACE);
  }
}
