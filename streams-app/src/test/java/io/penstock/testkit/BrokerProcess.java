package io.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.penstock.localstack.LocalKafka;
import io.penstock.localstack.host.JavaProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A Kafka node in a process of its own, so that it can crash, come back on its data, and answer
 * nobody for a while. Not thread-safe.
 */
public final class BrokerProcess implements AutoCloseable {

  private static final String READY = "the broker is ready at ";
  private static final Pattern ADDRESS = Pattern.compile(READY + "(\\S+)\\R");

  private static final String NODE = "kafka";

  private final Path folder;
  private final String bootstrapServers;
  private JavaProcess process;

  /** Starts a node in that folder, and returns when it is ready. */
  public BrokerProcess(Path folder) {
    this.folder = folder;
    LocalKafka.reservePorts(folder.resolve(NODE));
    this.process = launch();
    Await.until(
        () -> "the broker: " + process.lastLines(20),
        120,
        () -> !process.isAlive() || address(log()).isPresent());
    String log = log();
    this.bootstrapServers =
        address(log).orElseThrow(() -> new AssertionError("the broker ended:\n" + log));
  }

  /** Once the whole line is there. */
  private static Optional<String> address(String log) {
    return ADDRESS.matcher(log).results().map(line -> line.group(1)).findFirst();
  }

  private JavaProcess launch() {
    return JavaProcess.start(
        new JavaProcess.Launch(
            BrokerProcess.class.getName(),
            List.of(System.getProperty("java.class.path")),
            List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"),
            List.of(folder.resolve(NODE).toString()),
            Map.of(),
            folder.resolve("broker.log")));
  }

  /**
   * How often the broker has left out markers that end transactions, for topics of that prefix.
   * Kafka 4.3.1 does so while it starts: its transaction coordinator takes a partition whose leader
   * it does not know yet for one that was deleted. An aborted transaction stays open there, and the
   * producer's next commit commits it as well.
   */
  public long droppedMarkers(String prefix) {
    return log()
        .lines()
        .filter(line -> line.contains("Couldn't find leader endpoint") && line.contains(prefix))
        .count();
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("broker.log"), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same after every crash. */
  public String bootstrapServers() {
    return bootstrapServers;
  }

  /** SIGKILL. */
  public void crash() {
    process.kill();
  }

  /** Starts again after a crash, unless it runs again; returns before it is ready. */
  public void restart() {
    if (!process.isAlive()) {
      process = launch();
    }
  }

  /** From now on it answers nobody. */
  public void freeze() {
    Freezer.freeze(process.pid());
  }

  /** It goes on where it was. */
  public void thaw() {
    Freezer.thaw(process.pid());
  }

  /** Nothing is kept, so nothing has to be asked. */
  @Override
  public void close() {
    process.kill();
  }

  /** The process: runs a node in the folder that is named until it is ended. */
  public static void main(String[] arguments) throws InterruptedException {
    Map<String, String> soonFenced =
        Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500");
    LocalKafka kafka = LocalKafka.start(Path.of(arguments[0]), soonFenced);
    System.out.println(READY + kafka.bootstrapServers());
    Thread.currentThread().join();
  }
}
