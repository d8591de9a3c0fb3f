package io.penstock.localstack;

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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A schema registry with Confluent's REST interface: Apicurio Registry in a process of its own,
 * with its schemas in memory. Thread-safe.
 *
 * <p>Its program is not a dependency but a distribution, which the build of this module unpacks to
 * {@code target/apicurio}, beside the module's classes and jar; the system property {@code
 * penstock.apicurio} names another folder.
 */
public final class LocalRegistry implements AutoCloseable {

  /** Names the folder of the unpacked distribution where it is not beside this module's jar. */
  public static final String FOLDER_PROPERTY = "penstock.apicurio";

  private static final String MAIN_CLASS = "io.quarkus.runner.GeneratedMain";
  private static final Duration START_LIMIT = Duration.ofMinutes(2);
  private static final Duration PAUSE = Duration.ofMillis(50);

  private final JavaProcess process;
  private final URI url;

  private LocalRegistry(JavaProcess process, URI url) {
    this.process = process;
    this.url = url;
  }

  /**
   * A registry that answers. It keeps its log and its temporary files in that folder.
   *
   * @throws IllegalStateException if it ends, or does not answer within two minutes
   */
  public static LocalRegistry start(Path folder) {
    int port = LoopbackPorts.free();
    JavaProcess process = JavaProcess.start(launch(folder, port));
    URI url = URI.create("http://%s:%d/apis/ccompat/v7".formatted(LoopbackPorts.HOST, port));
    LocalRegistry registry = new LocalRegistry(process, url);
    try {
      registry.awaitAnswer();
      return registry;
    } catch (RuntimeException e) {
      registry.close();
      throw e;
    }
  }

  /** What {@code schema.registry.url} is to be. */
  public String url() {
    return url.toString();
  }

  /** The process of the registry. */
  public long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.close();
  }

  private static JavaProcess.Launch launch(Path folder, int port) {
    Path temporary;
    try {
      temporary = Files.createDirectories(folder.resolve("tmp"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new JavaProcess.Launch(
        MAIN_CLASS,
        List.of(runner().toString()),
        List.of(
            "-Xmx384m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djava.io.tmpdir=" + temporary,
            "-Dquarkus.http.host=" + LoopbackPorts.HOST,
            "-Dquarkus.http.port=" + port,
            "-Dquarkus.management.host=" + LoopbackPorts.HOST,
            "-Dquarkus.management.port=" + LoopbackPorts.free()),
        List.of(),
        Map.of(),
        folder.resolve("registry.log"));
  }

  private static Path runner() {
    String named = System.getProperty(FOLDER_PROPERTY);
    Path folder =
        named == null
            ? JavaProcess.codeSource(LocalRegistry.class).resolveSibling("apicurio")
            : Path.of(named);
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().endsWith("-runner.jar"))
          .findFirst()
          .orElseThrow(() -> new IOException("no *-runner.jar in it"));
    } catch (IOException e) {
      throw new IllegalStateException(
          "No schema registry in %s. Build it with 'mvn -pl local-stack package', or name its folder with -D%s=…"
              .formatted(folder, FOLDER_PROPERTY),
          e);
    }
  }

  private void awaitAnswer() {
    HttpClient client = HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(url + "/subjects"))
            .timeout(Duration.ofSeconds(10))
            .build();
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!answers(client, request)) {
      if (!process.isAlive()) {
        throw failure("ended with exit code " + process.exitCode());
      }
      if (System.nanoTime() - deadline > 0) {
        throw failure("does not answer within " + START_LIMIT.toMinutes() + " minutes");
      }
    }
  }

  private static boolean answers(HttpClient client, HttpRequest request) {
    try {
      if (client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
        return true;
      }
    } catch (IOException e) {
      // Nobody listens yet; the caller looks whether somebody still may.
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    return false;
  }

  private static IllegalStateException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    return new IllegalStateException("Interrupted while the schema registry starts", cause);
  }

  private IllegalStateException failure(String what) {
    return new IllegalStateException(
        "The schema registry at %s %s. The end of its log:%n%s"
            .formatted(url, what, String.join(System.lineSeparator(), process.lastLines(20))));
  }
}
