package io.penstock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.ControlTopics;
import io.penstock.control.FakeInstance;
import io.penstock.control.ProtocolLevel;
import io.penstock.control.kafka.ControlPlane;
import io.penstock.control.kafka.ControlPlaneSettings;
import io.penstock.control.message.ControlMessages;
import io.penstock.docs.Page;
import io.penstock.docs.ShownCommand;
import io.penstock.localstack.LocalKafka;
import io.penstock.testkit.Await;
import io.penstock.testkit.TestStack;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands about a running fleet, against a real broker: each test has a service of its own
 * with two instances, version 1 active, versions 2 and 3 there.
 */
final class FleetCommandsIT {

  @TempDir private static Path folder;

  private static LocalKafka kafka;

  private final FakeInstance one = new FakeInstance(false, 1);

  /** Has no version at first, so that only the other one proposes a command. */
  private final FakeInstance two = new FakeInstance(false);

  private final List<ControlPlane> planes = new ArrayList<>();
  private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  private String service = "";

  /** What a command did. */
  private record Result(int exitCode, String out, String err) {

    JsonNode json() throws Exception {
      return new ObjectMapper().readTree(out);
    }
  }

  @BeforeAll
  static void startKafka() {
    kafka = LocalKafka.start(folder.resolve("kafka"));
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void startFleet(TestInfo test) throws Exception {
    service = test.getTestMethod().orElseThrow().getName();
    TestStack.createTopics(
        kafka.bootstrapServers(),
        ControlTopics.of(service).all().stream()
            .map(FleetCommandsIT::topic)
            .toArray(NewTopic[]::new));
    if (service.contains("Nobody")) {
      return;
    }
    planes.add(start("one", one));
    planes.add(start("two", two));
    for (FakeInstance instance : List.of(one, two)) {
      instance.awaitCall("activate 1@0");
      instance.aspire(1);
      instance.aspire(2);
      instance.aspire(3);
    }
    planes.forEach(ControlPlane::modelsChanged);
    Await.until("versions 2 and 3 reported", 30, () -> status().out().matches("(?s).*3.*3.*"));
  }

  private static NewTopic topic(String name) {
    String cleanup = name.endsWith(".decisions") ? "compact" : "delete";
    return new NewTopic(name, 1, (short) 1).configs(Map.of("cleanup.policy", cleanup));
  }

  @AfterEach
  void stopFleet() {
    planes.forEach(ControlPlane::close);
    assertThat(fatal).isEmpty();
  }

  @Test
  void shouldPromoteRollBackAndSayWhatCameOfIt() throws Exception {
    Result promoted = run("promote", "digits", "2", "--wait", "--expected", "1", "--why", "better");
    Result again = run("promote", "digits", "latest", "--expected", "1");
    Result back = run("rollback", "digits", "--wait", "--output", "json");

    assertThat(promoted.out())
        .isEqualTo("promote digits 2: ACTIVATED version 2 instead of 1 (epoch 1)\n");
    assertThat(promoted.exitCode()).isEqualTo(ExitCodes.OK);
    assertThat(again.out())
        .isEqualTo(
            "promote digits latest: REJECTED (command at offset 2): promote.expected: 1 (expected:"
                + " 2, the version of digits now active)\n");
    assertThat(again.exitCode()).isEqualTo(ExitCodes.REFUSED);
    assertThat(back.json().at("/outcome").asText()).isEqualTo("ACTIVATED");
    assertThat(back.json().at("/version").asLong()).isEqualTo(1);
    assertThat(back.json().at("/offset").asLong()).isEqualTo(3);
    assertThat(back.err()).isEmpty();
  }

  @Test
  void shouldSayWhyAPromotionWasGivenUp() {
    two.failing(2, "no such file");

    Result aborted = run("promote", "digits", "2", "--wait");

    assertThat(aborted.exitCode()).isEqualTo(ExitCodes.REFUSED);
    assertThat(aborted.out())
        .isEqualTo(
            "promote digits 2: ABORTED version 2 (epoch 1): instance two failed to prepare"
                + " digits/2: no such file; nothing has changed\n");
  }

  @Test
  void shouldPromoteWhereAShareIsReady() throws Exception {
    two.failing(2, "no such file");

    Result promoted = run("promote", "digits", "2", "--wait", "--require", "50%");

    assertThat(promoted.exitCode()).as(promoted.out()).isEqualTo(ExitCodes.OK);
    assertThat(
            two.awaitCall(
                "withdraw: the fleet serves digits/2 (epoch 1), not ready on this instance: no such"
                    + " file"))
        .doesNotContain("activate 2@1");
  }

  @Test
  void shouldWaitWhileAnInstancePreparesAndAbortIt() throws Exception {
    two.hanging(2);
    ExecutorService background = Executors.newSingleThreadExecutor();
    StringWriter err = new StringWriter();
    Future<Result> waiting =
        background.submit(() -> execute(err, addressed("promote", "digits", "2", "--wait")));
    Await.until(
        () -> "it is said who is waited for: " + err,
        30,
        () -> err.toString().contains("1 of 2 instances ready, waits for two"));
    Result aborted = run("abort", "digits", "--by", "ann", "--why", "second thoughts");
    background.shutdown();

    assertThat(aborted.out()).isEqualTo("abort digits: DONE (command at offset 2)\n");
    Result result = waiting.get(60, TimeUnit.SECONDS);
    assertThat(result.exitCode()).isEqualTo(ExitCodes.REFUSED);
    assertThat(result.out()).contains("command at offset 2 by ann: second thoughts");
  }

  @Test
  void shouldGiveUpWaitingWhenNobodyAnswers() {
    Result result = run("pin", "digits", "2", "--timeout", "1s");

    assertThat(result.exitCode()).isEqualTo(ExitCodes.TIMED_OUT);
    assertThat(result.out())
        .startsWith(
            "pin digits 2: no answer within 1s to the command at " + service + ".control-0@0");
  }

  @Test
  void shouldSayThatNoBrokerAnswersToNobody() {
    Result result = execute("status", "--bootstrap-server", "127.0.0.1:1", "--service", "s");

    assertThat(result.exitCode()).isEqualTo(ExitCodes.UNREACHABLE);
    assertThat(result.err())
        .startsWith("penstock: no broker answers bootstrap.servers: 127.0.0.1:1");
  }

  @Test
  void shouldSayWhatIsWrongWithTheCommandLineToNobody() {
    assertThat(execute("status").err()).startsWith("--service: missing (expected: it, or --config");
    assertThat(run("label", "digits", "canary").exitCode()).isEqualTo(ExitCodes.USAGE);
    assertThat(run("promote", "digits", "2", "--require", "most").exitCode())
        .isEqualTo(ExitCodes.USAGE);
    assertThat(run("promote", "digits", "2", "--deadline", "soon").err())
        .startsWith("--deadline: soon (expected: ");
  }

  @Test
  void shouldShowTheFleet() throws Exception {
    run("label", "digits", "canary", "3");
    run("promote", "digits", "2", "--wait");

    // Instances report what they serve after they have acted on the decision.
    Await.until(
        "both instances serve version 2",
        30,
        () ->
            statusLines().stream()
                    .filter(line -> line.matches("(one|two) \\S+ digits 2 .*"))
                    .count()
                == 2);
    JsonNode json = run("status", "--output", "json").json();

    assertThat(statusLines())
        .contains("model active previous phase epoch labels pinned", "digits 2 1 ACTIVE 2 canary=3")
        .anyMatch(line -> line.matches("one \\S+ digits 2 1 AVAILABLE, 2 AVAILABLE.*"));
    assertThat(json.at("/models/0/active").asLong()).isEqualTo(2);
    assertThat(json.at("/instances")).hasSize(2);
    assertThat(json.at("/instances/1/instance").asText()).isEqualTo("two");
  }

  private List<String> statusLines() {
    return status().out().lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
  }

  @Test
  void shouldTellTheHistory() throws Exception {
    run("promote", "digits", "2", "--wait", "--by", "ann", "--why", "weekly training");
    run("unload", "digits", "2");

    Result text = run("history", "digits");
    Result json = run("history", "digits", "--output", "json");

    assertThat(text.out().lines().map(line -> line.substring(line.indexOf("  ") + 2)))
        .endsWith(
            "PREPARE   digits/2 (epoch 1), by ann, because: weekly training",
            "ACTIVATED digits/2 instead of 1 (epoch 1), by ann, because: weekly training",
            "REJECTED  command at offset 2, by "
                + System.getProperty("user.name")
                + ": digits/2 is active; promote another version first");
    assertThat(json.out().lines()).hasSameSizeAs(text.out().lines().toList());
    for (String line : json.out().lines().toList()) {
      assertThat(new ObjectMapper().readTree(line).has("auditOffset")).isTrue();
    }
  }

  @Test
  void shouldFollowWhatHappens() {
    Result watched =
        run("watch", "digits", "--from-beginning", "--duration", "8s", "--output", "json");

    assertThat(watched.out().lines())
        .anySatisfy(line -> assertThat(line).contains("\"outcome\":\"ACTIVATED\""));
  }

  /** Every command of docs/control.md, in its order; a comment is what it prints. */
  @Test
  void shouldDoWhatThePageShows() throws Exception {
    Page page = Page.read(Page.root().resolve("docs/control.md"));
    Path sums = Files.writeString(folder.resolve("sums"), "");
    assertThat(page.commands()).hasSizeGreaterThan(10);
    for (ShownCommand command : page.commands()) {
      assertThat(command.isCallOf("./penstock")).as(command.text()).isTrue();
      List<String> words = new ArrayList<>(command.pipe().get(0));
      words.remove(0);
      words.replaceAll(word -> word.endsWith(".sha256") ? sums.toString() : word);
      if (words.get(0).equals("watch")) {
        words.addAll(List.of("--duration", "1s"));
      }
      Result result = run(words.toArray(String[]::new));
      assertThat(result.out() + result.err()).as(command.text()).contains(command.comment());
      assertThat(result.exitCode())
          .as("%s: %s%s", words, result.out(), result.err())
          .isIn(ExitCodes.OK, ExitCodes.REFUSED);
    }
  }

  private Result status() {
    return run("status");
  }

  private Result run(String... words) {
    return execute(addressed(words));
  }

  private String[] addressed(String... words) {
    List<String> all = new ArrayList<>(Arrays.asList(words));
    all.addAll(List.of("--bootstrap-server", kafka.bootstrapServers(), "--service", service));
    return all.toArray(String[]::new);
  }

  private static Result execute(String... words) {
    return execute(new StringWriter(), words);
  }

  private static Result execute(StringWriter err, String... words) {
    StringWriter out = new StringWriter();
    Terminal terminal = new Terminal(new PrintWriter(out, true), new PrintWriter(err, true));
    int exitCode = PenstockMain.run(terminal, Map.of(), (order, e) -> 0, words);
    return new Result(exitCode, out.toString(), err.toString());
  }

  private ControlPlane start(String instanceId, FakeInstance instance) {
    return ControlPlane.start(
        new ControlPlaneSettings(
            service,
            instanceId,
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            Duration.ofMillis(200),
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            Duration.ofSeconds(15),
            Duration.ofMinutes(1),
            ProtocolLevel.CURRENT),
        instance,
        ControlMessages.jsonOnly(),
        fatal::add);
  }
}
