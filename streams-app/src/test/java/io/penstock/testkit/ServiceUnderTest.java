package io.penstock.testkit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.penstock.localstack.host.JavaProcess;
import io.penstock.localstack.host.LoopbackPorts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * {@code penstock serve} from the assembled distribution, in a process of its own: what a user
 * runs.
 */
public final class ServiceUnderTest implements AutoCloseable {

  /** For what is asked again and again, also of one that cannot answer. */
  private static final Duration SOON = Duration.ofSeconds(5);

  /** For what has to be answered. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final int NONE = -1;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JavaProcess process;
  private final int httpPort;
  private final int faultsPort;

  private ServiceUnderTest(JavaProcess process, int httpPort, int faultsPort) {
    this.process = process;
    this.httpPort = httpPort;
    this.faultsPort = faultsPort;
  }

  /** Starts an instance; see the other method. */
  public static ServiceUnderTest start(Path config, Path folder, String instance) {
    return start(config, folder, instance, Map.of());
  }

  /**
   * Starts an instance. The configuration's {@code http.listen} is overridden with a free port.
   *
   * @param folder for its log, named after the instance
   * @param environment more variables for its process
   */
  public static ServiceUnderTest start(
      Path config, Path folder, String instance, Map<String, String> environment) {
    int port = LoopbackPorts.free();
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("PENSTOCK_HTTP__LISTEN", "127.0.0.1:" + port);
    JavaProcess process =
        Penstock.start(
            folder.resolve(instance + ".log"), variables, "serve", "--config", config.toString());
    return new ServiceUnderTest(process, port, NONE);
  }

  /**
   * Starts an instance of another release.
   *
   * @param release its folder, with {@code lib/}
   */
  public static ServiceUnderTest startOf(Path release, Path config, Path folder, String instance) {
    int port = LoopbackPorts.free();
    JavaProcess process =
        Penstock.startOf(
            release,
            folder.resolve(instance + ".log"),
            Map.of("PENSTOCK_HTTP__LISTEN", "127.0.0.1:" + port),
            "serve",
            "--config",
            config.toString());
    return new ServiceUnderTest(process, port, NONE);
  }

  /** Starts an instance in which faults can be armed: the same command on a faulty foundation. */
  public static ServiceUnderTest startFaulty(Path config, Path folder, String instance) {
    return startFaulty(config, folder, instance, Map.of());
  }

  /**
   * The same.
   *
   * @param environment more variables for its process
   */
  public static ServiceUnderTest startFaulty(
      Path config, Path folder, String instance, Map<String, String> environment) {
    int port = LoopbackPorts.free();
    int faultsPort = LoopbackPorts.free();
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("PENSTOCK_HTTP__LISTEN", "127.0.0.1:" + port);
    JavaProcess process =
        Penstock.startFaulty(
            faultsPort,
            folder.resolve(instance + ".log"),
            variables,
            "serve",
            "--config",
            config.toString());
    return new ServiceUnderTest(process, port, faultsPort);
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public boolean isReady() {
    if (!process.isAlive()) {
      throw new AssertionError("the service ended:\n" + log());
    }
    return saysReady();
  }

  /** The same of one that may end at any time. */
  public boolean saysReady() {
    try {
      return get("/health/ready").statusCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** What it says of its health; fails if it does not answer. */
  public JsonNode health() {
    return json("/health/ready");
  }

  /** What it answers there; fails if it does not answer. */
  public JsonNode json(String path) {
    try {
      return JSON.readTree(get(httpPort, path, PATIENCE).body());
    } catch (IOException e) {
      throw new AssertionError("no answer:\n" + log(), e);
    }
  }

  /** Posts JSON there; fails if it does not answer. */
  public HttpResponse<String> post(String path, String body) {
    try {
      return HTTP.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
              .timeout(Duration.ofSeconds(60))
              .POST(HttpRequest.BodyPublishers.ofString(body))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError("no answer:\n" + log(), e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** How the system's list of processes shows it; empty where there is none. */
  public String commandLine() {
    return ProcessHandle.of(process.pid())
        .flatMap(handle -> handle.info().commandLine())
        .orElse("");
  }

  /** All its metrics, as Prometheus reads them; fails if it does not answer. */
  public String metrics() {
    try {
      return get(httpPort, "/metrics", PATIENCE).body();
    } catch (IOException e) {
      throw new AssertionError("no answer:\n" + log(), e);
    }
  }

  /** How many records it says are in flight in a pipeline; -1 if it does not answer. */
  public long inFlightRecords(String pipeline) {
    return about(pipeline).path("inFlightRecords").asLong(-1);
  }

  /** The state that it says a pipeline is in; nothing if it does not answer. */
  public String state(String pipeline) {
    return about(pipeline).path("state").asText();
  }

  private JsonNode about(String pipeline) {
    try {
      return JSON.readTree(get("/health/ready").body()).at("/pipelines/" + pipeline);
    } catch (IOException e) {
      return MissingNode.getInstance();
    }
  }

  /**
   * Arms a fault; without effect if the process has just ended.
   *
   * @param fault a path of {@link io.penstock.faults.FaultEndpoint}
   */
  public void arm(String fault) {
    try {
      get(faultsPort, fault, SOON);
    } catch (IOException e) {
      // Gone, or going.
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

  /** SIGSTOP: it stands still, and does not know. */
  public void freeze() {
    Freezer.freeze(process.pid());
  }

  /** SIGCONT. */
  public void thaw() {
    Freezer.thaw(process.pid());
  }

  /**
   * SIGHUP, unless the process ignores it, as all do that {@code nohup} has started; returns at
   * once.
   *
   * @return whether it was sent
   */
  public boolean hangUp() {
    if (ignoresHangUp()) {
      return false;
    }
    Freezer.signal("HUP", process.pid());
    return true;
  }

  /** proc(5): a mask in hexadecimal, whose last bit is SIGHUP's. */
  private boolean ignoresHangUp() {
    Path status = Path.of("/proc/%d/status".formatted(process.pid()));
    try {
      return Files.exists(status)
          && Files.readAllLines(status).stream()
              .filter(line -> line.startsWith("SigIgn:"))
              .anyMatch(line -> Character.digit(line.charAt(line.length() - 1), 16) % 2 == 1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** SIGTERM; returns at once. */
  public void askToEnd() {
    process.terminate();
  }

  /** SIGTERM; gives the exit code, and fails if the service does not end. */
  public int terminate() {
    process.terminate();
    Await.until(
        () -> "the service, process " + process.pid() + ", ends:\n" + log(),
        100,
        () -> !process.isAlive());
    return process.exitCode();
  }

  public int exitCode() {
    return process.exitCode();
  }

  /** Whether it has ever logged that. */
  public boolean logged(String text) {
    return wholeLog().contains(text);
  }

  /** All that it has logged. */
  public String wholeLog() {
    try {
      return Files.readString(process.log());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of its log. */
  public String log() {
    return String.join("\n", process.lastLines(60));
  }

  private HttpResponse<String> get(String path) throws IOException {
    return get(httpPort, path, SOON);
  }

  private static HttpResponse<String> get(int port, String path, Duration timeout)
      throws IOException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(timeout)
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
