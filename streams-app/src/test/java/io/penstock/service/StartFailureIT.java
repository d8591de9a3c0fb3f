package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.codec.deadletter.DeadLetterEncoder;
import io.penstock.localstack.host.LoopbackPorts;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.assertj.core.api.AbstractStringAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * A world in which a configuration cannot be served: {@code penstock serve} says what is missing
 * and what to do, in a line, and ends by itself with a code that is not 0.
 */
class StartFailureIT {

  private static final String SERVICE = "start";

  /** Far above what any of these takes on a busy machine: each must end by itself. */
  private static final long LIMIT_SECONDS = 60;

  @TempDir private static Path folder;

  private static Workbench bench;

  private final Map<String, String> environment = new HashMap<>();
  private Path log;
  private Path config;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    bench.createControlTopics(SERVICE);
    bench.createTopics(1, "in", "out", "dead", "unregistered");
    bench.installVersion("digits", 1);
  }

  @AfterAll
  static void tearDown() {
    bench.close();
  }

  /** A configuration that can be served. */
  @BeforeEach
  void configure(TestInfo test) {
    String name = test.getTestMethod().orElseThrow().getName();
    log = folder.resolve(name + ".log");
    config =
        bench.writeConfig(
            name + ".yaml",
            SERVICE,
            """
            models:
              digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
            pipelines:
              digits:
                model: digits
                signature: serving_default
                start-from: earliest
                input: {topic: in, format: avro}
                output: {topic: out, format: avro}
                dead-letters: {topic: dead}
            http: {listen: "127.0.0.1:0"}
            """
                .formatted(folder.resolve("models/digits")));
  }

  /** What the service says before it ends with that code. */
  private AbstractStringAssert<?> serveAndEnd(int exitCode) {
    Penstock.Ended ended =
        Penstock.run(LIMIT_SECONDS, log, environment, "serve", "--config", config.toString());
    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(exitCode);
    assertThat(ended.output()).doesNotContain("\tat ", " | at ");
    return assertThat(ended.output());
  }

  @Test
  void shouldNameTheAddressWhenNoBrokerAnswers() {
    String nobody = LoopbackPorts.HOST + ":" + LoopbackPorts.free();
    environment.put("PENSTOCK_KAFKA__BOOTSTRAP_SERVERS", nobody);

    serveAndEnd(1)
        .contains("cannot reach a Kafka broker at kafka.bootstrap.servers: " + nobody)
        .contains("is the broker running")
        .contains("penstock: nothing can start");
  }

  @Test
  void shouldNameAMissingTopicAndTheCommandThatMakesIt() {
    environment.put("PENSTOCK_PIPELINES__DIGITS__OUTPUT__TOPIC", "nowhere");

    serveAndEnd(1)
        .contains("topic nowhere: missing (key: pipelines.digits.output.topic")
        .contains("penstock topics --config " + config + " --create");
  }

  @Test
  void shouldNameAModelDirectoryThatIsMissing() {
    Path nothing = folder.resolve("nothing");
    environment.put("PENSTOCK_MODELS__DIGITS__PATH", nothing.toString());

    serveAndEnd(1)
        .contains("model digits: models.digits.path: " + nothing + " is no folder")
        .contains("expected: one with a folder for each version");
  }

  @Test
  void shouldAskForNumbersWhenAModelDirectoryHasNoVersions() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Files.createDirectories(empty.resolve("latest"));
    environment.put("PENSTOCK_MODELS__DIGITS__PATH", empty.toString());

    serveAndEnd(1)
        .contains("No versions of servable digits found under base path " + empty)
        .contains("Did you forget to name your leaf directory as a number (eg. '/1/')?");
  }

  @Test
  void shouldNameAPortThatIsInUse() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String listen = LoopbackPorts.HOST + ":" + taken.getLocalPort();
      environment.put("PENSTOCK_HTTP__LISTEN", listen);

      serveAndEnd(1).contains("http.listen: " + listen).contains("a port that is free");
    }
  }

  @Test
  void shouldNameTheRegistryWhenItDoesNotAnswer() {
    String nobody = "http://" + LoopbackPorts.HOST + ":" + LoopbackPorts.free();
    environment.put("PENSTOCK_REGISTRY__SCHEMA_REGISTRY_URL", nobody);

    serveAndEnd(1).contains(nobody).containsIgnoringCase("registry");
  }

  @Test
  void shouldSayHowToRegisterASchemaThatMayNotRegisterItselfAndServeOnceThatIsDone() {
    environment.put("PENSTOCK_REGISTRY__AUTO_REGISTER_SCHEMAS", "false");
    environment.put("PENSTOCK_PIPELINES__DIGITS__DEAD_LETTERS__TOPIC", "unregistered");

    serveAndEnd(1).contains("unregistered-value").contains("penstock schema register");
    Penstock.Ended registered =
        Penstock.run(
            LIMIT_SECONDS, log, environment, "schema", "register", "--config", config.toString());
    assertThat(registered.exitCode()).as(registered.output()).isZero();

    try (ServiceUnderTest service =
        ServiceUnderTest.start(config, folder, "registered", environment)) {
      service.awaitReady();
    }
    assertThat(bench.registry().latest("unregistered-value").schema())
        .isEqualTo(DeadLetterEncoder.schema());
  }

  @Test
  void shouldNameASignatureThatTheModelLacks() {
    environment.put("PENSTOCK_PIPELINES__DIGITS__SIGNATURE", "classify");

    serveAndEnd(1).contains("signature").contains("classify").contains("serving_default");
  }
}
