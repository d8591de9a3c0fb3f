package io.penstock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.docs.Page;
import io.penstock.docs.ShownCommand;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.LinearModel;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every command that a page shows in a block is run with the words that stand there, in the order
 * of its page, or is named here with the reason why not. It runs in this process, which is cheap:
 * {@code penstock} without its script, and what {@code curl}, {@code kcat}, {@code cp} and {@code
 * echo} do by {@link ReadersMachine}. Those of {@code docs/control.md} are FleetCommandsIT's.
 */
final class GuideCommandsIT {

  /** By their beginnings: commands that are not run, and why. */
  private static final Map<String, String> NOT_RUN =
      Map.of(
          "./penstock demo", "DemoIT plays it",
          "kafka-consumer-groups", "Kafka's own program, which no artifact of the build holds",
          "kafka-transactions", "likewise; it needs a transaction that a broker has left open",
          "examples/seal-model.sh", "an object store; ModelSyncIT runs both scripts without one",
          "mvn ", "the build, of which this test is a part");

  /** Pages whose commands are run somewhere, or for those who work on Penstock. */
  private static final Set<String> PAGES =
      Set.of(
          "README.md",
          "docs/guides.md",
          "docs/moving-from-tensorflow-serving.md",
          "docs/operations.md",
          "docs/runbook.md",
          "docs/control.md", // FleetCommandsIT
          "CONTRIBUTING.md"); // The build, and a service under a debugger.

  /** What the output of a command has that the page says of it; the first that fits counts. */
  private static final List<Map.Entry<String, String>> SAYS =
      List.of(
          Map.entry("./penstock model inspect .*--run", "\\{\"predictions\":\\["),
          Map.entry("./penstock model inspect", "fraud/1 .* input +amount: .* output +score: "),
          Map.entry("./penstock model check", "OK +fraud/1: loads; .*warms up"),
          Map.entry("./penstock init .*--registry", "format: avro"),
          Map.entry("./penstock init", "format: json"),
          Map.entry("./penstock import", "labels are given by command"),
          Map.entry("./penstock config show", "start-from: earliest"),
          Map.entry("./penstock config check", "OK +broker: "),
          Map.entry("./penstock topics", "\\.control"),
          Map.entry("./penstock reload", "unchanged=\\[.*fraud"),
          Map.entry("./penstock acls", "kafka-acls .*--allow-principal"),
          Map.entry("./penstock promote", "ACTIVATED version 2 instead of 1"),
          Map.entry("./penstock history", "ACTIVATED fraud/2 instead of 1"),
          Map.entry("./penstock status", "fraud +2 .*ACTIVE"),
          Map.entry("./penstock dead-letters list", "0@0 +MALFORMED +payments-0@1"),
          Map.entry("./penstock dead-letters show", "\"reason\":\"MALFORMED\""),
          Map.entry("./penstock dead-letters replay .*--dry-run", "would be sent: 0"),
          Map.entry("./penstock dead-letters replay", "sent: 1"),
          Map.entry("./penstock pipeline replay", "predictions"),
          Map.entry("kcat -C", "PREPARE.*ACTIVATED"),
          Map.entry("curl -s", "\"pipelines\""));

  /** By their beginnings: commands that print nothing, or what happens just then. */
  private static final Set<String> SILENT =
      Set.of("./penstock serve", "./penstock watch", "echo ", "cp ");

  private static final Schema CARD =
      Workbench.schema(
          """
          {"type": "record", "name": "Card", "namespace": "shop",
           "fields": [{"name": "country", "type": "string"}]}
          """);

  /** Has fields by the names of the model's inputs, and those that the README maps. */
  private static final Schema PAYMENT =
      Workbench.schema(
          """
          {"type": "record", "name": "Payment", "namespace": "shop", "fields": [
            {"name": "amount", "type": "double"},
            {"name": "country", "type": "string"},
            {"name": "history", "type": {"type": "array", "items": "float"}},
            {"name": "card", "type": %s},
            {"name": "last_1h", "type": "float"},
            {"name": "last_1d", "type": "float"},
            {"name": "last_7d", "type": "float"}]}
          """
              .formatted(CARD));

  @TempDir private static Path folder;

  private static Workbench bench;

  @BeforeAll
  static void startStack() {
    bench = new Workbench(folder);
  }

  @AfterAll
  static void stopStack() {
    bench.close();
  }

  @Test
  void shouldKnowAllPagesAndAllThatIsNotRun() {
    List<ShownCommand> all = Page.all().stream().flatMap(page -> page.commands().stream()).toList();

    assertThat(Page.all())
        .filteredOn(page -> !page.commands().isEmpty())
        .extracting(Page::toString)
        .containsExactlyInAnyOrderElementsOf(PAGES);
    assertThat(NOT_RUN.keySet())
        .allMatch(start -> all.stream().anyMatch(command -> command.text().startsWith(start)));
    assertThat(Page.all())
        .allSatisfy(
            page ->
                assertThat(page.uncalled())
                    .as("commands of %s in blocks that are neither sh nor console", page)
                    .isEmpty());
  }

  @Test
  void shouldRunTheReadme() throws Exception {
    Page page = page("README.md");
    try (ReadersMachine machine = machine("readme").settling("fraud")) {
      givenPayments();
      givenFraud(machine, "/models/fraud/1", 1);
      machine.write("fraud.yaml", configuration(page));

      run(
          machine,
          page,
          command -> {
            if (command.isCallOf("./penstock", "promote")) {
              givenFraud(machine, "/models/fraud/2", 2);
            }
          });
    }
  }

  @Test
  void shouldRunTheGuides() throws Exception {
    try (ReadersMachine machine = machine("guides").settling("fraud")) {
      givenPayments();
      givenFraud(machine, "/models/fraud/1", 1);
      givenFraud(machine, "exports/fraud/2", 2);

      run(machine, page("docs/guides.md"), command -> {});
    }
  }

  @Test
  void shouldMoveFromTensorFlowServing() throws Exception {
    Page page = page("docs/moving-from-tensorflow-serving.md");
    try (ReadersMachine machine = machine("moving").settling("half_plus_two").withRequestPorts()) {
      reset();
      givenHalfPlusTwo(machine, 42);
      givenHalfPlusTwo(machine, 43);
      List<String> files = page.blocks("textproto");
      machine.write("models.config", files.get(0));
      machine.write("batching.config", files.get(1));

      run(machine, page, command -> {});
    }
  }

  @Test
  void shouldRunOperationsAndTheRunbook() throws Exception {
    Instant now = Instant.now();
    try (ReadersMachine machine =
        machine("operations")
            .settling("fraud", "half_plus_two")
            .reading("0@1842", "0@0")
            .reading("120000", "0")
            .reading("2030-01-30T00:00:00Z", now.minus(Duration.ofDays(1)).toString())
            .reading("2030-01-31T00:00:00Z", now.plus(Duration.ofDays(1)).toString())) {
      givenPayments();
      bench.createTopics(1, "fraud-again", "fraud-by-3", "fraud-by-3-dead");
      givenFraud(machine, "/models/fraud/1", 1);
      givenHalfPlusTwo(machine, 1);
      machine.write(
          "fraud.yaml",
          configuration(page("README.md"))
              .replace("models:\n", "models:\n  half_plus_two: {path: /models/half_plus_two}\n"));
      machine.write(
          "rows.json",
          "{\"instances\": [{\"amount\": 9, \"country\": \"FI\", \"history\": [1, 2, 3]}]}");

      run(
          machine,
          page("docs/operations.md"),
          command -> {
            if (command.isCallOf("./penstock", "reload")) {
              awaitOutcomes();
            }
            if (command.text().startsWith("./penstock model inspect /models/fraud/2")) {
              givenFraud(machine, "/models/fraud/2", 2);
            }
          });
      run(machine, page("docs/runbook.md"), command -> {});
    }
  }

  /** What happens on the machine before a command is typed. */
  @FunctionalInterface
  private interface Meanwhile {
    void before(ShownCommand command) throws Exception;
  }

  private static void run(ReadersMachine machine, Page page, Meanwhile meanwhile) throws Exception {
    for (ShownCommand command : page.commands()) {
      if (reason(command).isPresent()) {
        continue;
      }
      meanwhile.before(command);
      ReadersMachine.Result result = machine.run(command);
      assertThat(result.exitCode()).as("%s: %s\n%s", page, command, result.all()).isZero();
      if (!command.answer().isEmpty()) {
        assertThat(result.out().strip()).as("%s: %s", page, command).isEqualTo(command.answer());
      }
      assertThat(result.all()).as("%s: %s", page, command).containsPattern(says(command));
    }
  }

  /**
   * What the page, or its reader, expects of the output; anything of commands that show nothing.
   */
  private static String says(ShownCommand command) {
    if (SILENT.stream().anyMatch(start -> command.text().startsWith(start))
        || !command.answer().isEmpty()) {
      return "";
    }
    return SAYS.stream()
        .filter(entry -> fits(entry.getKey(), command))
        .map(entry -> "(?s)" + entry.getValue())
        .findFirst()
        .orElseThrow(() -> new AssertionError("say what is to be seen of: " + command));
  }

  private static boolean fits(String beginning, ShownCommand command) {
    return command.text().matches(beginning.replace("./", "\\./") + ".*");
  }

  private static Optional<String> reason(ShownCommand command) {
    return NOT_RUN.entrySet().stream()
        .filter(entry -> command.text().startsWith(entry.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  private static Page page(String file) {
    return Page.read(Page.root().resolve(file));
  }

  private static String configuration(Page page) {
    return page.blocks("yaml").stream()
        .filter(yaml -> yaml.startsWith("service:"))
        .findFirst()
        .orElseThrow();
  }

  private static ReadersMachine machine(String name) {
    return new ReadersMachine(folder.resolve(name), bench);
  }

  private static void givenFraud(ReadersMachine machine, String version, int factor) {
    LinearModel.save(
        machine.path(version),
        List.of("amount", "history[3]"),
        List.of("country"),
        "score",
        factor,
        0);
  }

  private static void givenHalfPlusTwo(ReadersMachine machine, int version) {
    LinearModel.save(
        machine.path("/models/half_plus_two/" + version), List.of("x"), List.of(), "y", 0.5f, 2);
  }

  /** The input topic, as whoever writes payments has left it: one is garbage. */
  private static void givenPayments() throws Exception {
    reset();
    bench.createTopics(1, "payments");
    int schemaId = bench.registry().register("payments-value", PAYMENT);
    GenericData.Record card = new GenericData.Record(CARD);
    card.put("country", "FI");
    GenericData.Record payment = new GenericData.Record(PAYMENT);
    payment.put("amount", 12.5);
    payment.put("country", "FI");
    payment.put("history", List.of(1f, 2f, 3f));
    payment.put("card", card);
    List.of("last_1h", "last_1d", "last_7d").forEach(field -> payment.put(field, 1f));
    bench.send(new ProducerRecord<>("payments", Workbench.framed(schemaId, payment)));
    bench.send(new ProducerRecord<>("payments", "garbage".getBytes(UTF_8)));
  }

  private static void awaitOutcomes() {
    try (CommittedRecords records = new CommittedRecords(bench.stack().bootstrapServers())) {
      records.await("fraud-scores", 1);
      records.await("fraud-dead", 1);
    }
  }

  /** A cluster without topics and groups: each page begins with one. */
  private static void reset() throws ExecutionException, InterruptedException {
    try (Admin admin =
        Admin.create(Map.of("bootstrap.servers", bench.stack().bootstrapServers()))) {
      Set<String> groups =
          admin.listGroups().all().get().stream()
              .map(GroupListing::groupId)
              .collect(Collectors.toSet());
      admin.deleteConsumerGroups(groups).all().get();
      Set<String> topics =
          admin.listTopics().names().get().stream()
              .filter(Predicate.not(topic -> topic.startsWith("_")))
              .collect(Collectors.toSet());
      admin.deleteTopics(topics).all().get();
    }
  }
}
