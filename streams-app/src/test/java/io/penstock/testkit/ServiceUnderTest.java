package io.penstock.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.localstack.host.JavaProcess;
import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * {@code penstock serve} from the assembled distribution, in a process of its own: what a user
 * runs.
 */
public final class ServiceUnderTest implements AutoCloseable {

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaProcess process;
  private final int httpPort;

  private ServiceUnderTest(JavaProcess process, int httpPort) {
    this.process = process;
    this.httpPort = httpPort;
  }

  /**
   * Starts an instance. The configuration's {@code http.listen} is overridden with a free port.
   *
   * @param folder for its log, named after the instance
   */
  public static ServiceUnderTest start(Path config, Path folder, String instance) {
    int port = LoopbackPorts.free();
    JavaProcess process =
        JavaProcess.start(
            new JavaProcess.Launch(
                "io.penstock.cli.PenstockMain",
                List.of(distribution().resolve("lib/*").toString()),
                List.of(
                    "-Xmx384m",
                    "-XX:TieredStopAtLevel=1",
                    "-Dorg.bytedeco.javacpp.maxPhysicalBytes=0"),
                List.of("serve", "--config", config.toString()),
                Map.of("TF_CPP_MIN_LOG_LEVEL", "2", "PENSTOCK_HTTP__LISTEN", "127.0.0.1:" + port),
                folder.resolve(instance + ".log")));
    return new ServiceUnderTest(process, port);
  }

  /** The root of the checkout. */
  public static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("examples"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new AssertionError("no folder above the working directory has examples/");
      }
    }
    return folder;
  }

  private static Path distribution() {
    Path distribution = root().resolve("streams-app/target/penstock");
    if (!Files.isDirectory(distribution.resolve("lib"))) {
      throw new AssertionError(distribution + " is missing: mvn package makes it");
    }
    return distribution;
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public boolean isReady() {
    if (!process.isAlive()) {
      throw new AssertionError("the service ended:\n" + log());
    }
    try {
      return get("/health/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What it says of its health; fails if it does not answer. */
  public JsonNode health() {
    try {
      return JSON.readTree(get("/health/ready").body());
    } catch (IOException e) {
      throw new AssertionError("no answer:\n" + log(), e);
    }
  }

  public void awaitReady() {
    Await.until("the service is ready", 90, this::isReady);
  }

  /** SIGKILL. */
  public void kill() {
    process.kill();
    process.exitCode();
  }

  /** SIGTERM; gives the exit code. */
  public int terminate() {
    process.terminate();
    return process.exitCode();
  }

  public int exitCode() {
    return process.exitCode();
  }

  /** The end of its log. */
  public String log() {
    return String.join("\n", process.lastLines(60));
  }

  private HttpResponse<String> get(String path) throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
            .timeout(Duration.ofSeconds(5))
            .build();
    try {
      return HTTP.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    process.stop(Duration.ofSeconds(30));
  }
}
