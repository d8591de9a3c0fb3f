package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.schemas.Cutover;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Outcome;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three instances under load change their version together, while controllers are killed. One of
 * them has a folder of models of its own.
 *
 * <p>{@code -Dfleet.promotions=50} promotions, back and forth; the controller is killed in every
 * fifth. How far apart the instances flip is printed: it is timed, so it is held against a limit
 * only where {@code -Dfleet.spread.limit=250} gives one, in milliseconds, for the median.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "has no SIGSTOP")
class FleetCutoversIT {

  private static final String SERVICE = "fleet";
  private static final int PARTITIONS = 6;
  private static final int PROMOTIONS = Integer.getInteger("fleet.promotions", 5);
  private static final int KILL_EVERY = 5;
  private static final long SPREAD_LIMIT = Long.getLong("fleet.spread.limit", Long.MAX_VALUE);

  /** The instance whose models are its own. */
  private static final String LONER = "c";

  @TempDir private static Path folder;

  private static final Map<String, ServiceUnderTest> instances = new TreeMap<>();

  private static Workbench bench;
  private static Admin admin;
  private static CommittedRecords records;
  private static AuditTrail audit;
  private static Path own;
  private static Path config;
  private static int started;

  /** How far a promotion is when its controller is killed, in turn. */
  private enum Moment {
    PREPARING,
    COMMANDED,
    ACTIVATED
  }

  private static final int MOMENTS = Moment.values().length;

  @BeforeAll
  static void serveVersionOne() {
    bench = new Workbench(folder);
    admin = Admin.create(Map.of("bootstrap.servers", bench.stack().bootstrapServers()));
    records = new CommittedRecords(bench.stack().bootstrapServers());
    audit = new AuditTrail(records, SERVICE);
    bench.createControlTopics(SERVICE);
    bench.createTopics(PARTITIONS, "in", "out", "dead");
    Path shared = bench.installVersion("examples/digits/1", "shared", 1);
    own = bench.installVersion("examples/digits/1", "own", 1);
    config = config(shared);
    List.of("a", "b", LONER).forEach(FleetCutoversIT::start);
    instances.values().forEach(ServiceUnderTest::awaitReady);
    bench.installVersion("examples/digits/2", "shared", 2);
    bench.installVersion("examples/digits/2", "own", 2);
  }

  private static Path config(Path path) {
    return bench.writeConfig(
        "fleet.yaml",
        SERVICE,
        """
        models:
          digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
        pipelines:
          digits:
            model: digits
            guarantee: exactly_once_v2
            start-from: earliest
            input: {topic: in, format: avro, fields: {pixels: pixels}}
            output: {topic: out, format: avro}
            dead-letters: {topic: dead}
        """
            .formatted(path));
  }

  private static void start(String name) {
    Map<String, String> environment =
        name.equals(LONER) ? Map.of("PENSTOCK_MODELS__DIGITS__PATH", own.toString()) : Map.of();
    instances.put(
        name, ServiceUnderTest.start(config, folder, name + "-" + ++started, environment));
  }

  @AfterAll
  static void tearDown() {
    instances.values().forEach(ServiceUnderTest::close);
    records.close();
    admin.close();
    bench.close();
  }

  @Test
  void shouldAllGoFromVersionToVersionWhoeverDecides() {
    VersionRuns runs = new VersionRuns();
    try (Census census =
        new Census(bench.stack().bootstrapServers(), "in", "out", "dead", runs::add)) {
      Set<Long> killed = promoteBackAndForth(runs, census);
      Await.until(
          () -> "an outcome for every input: " + census + "\n" + logs(),
          60,
          () -> census.update().lost() == 0);

      FlipSpread spread = FlipSpread.of(audit.datedCutovers(), killed);
      System.out.printf(
          "promotions=%d kills=%d %s; spread of the flips of a promotion: %s%n",
          PROMOTIONS, killed.size(), census.count(), spread);
      assertThat(census.duplicated()).isZero();
      assertThat(census.disorder()).isEmpty();
      assertThat(census.deadLetters()).isZero();
      assertThat(spread.median()).as("ms between flips").isLessThanOrEqualTo(SPREAD_LIMIT);
    }
    assertThat(runs.firsts()).as("by the outcomes, and by the audit").isEqualTo(firstsOfEpochs());
    List<String> decided = activatedVersions();
    for (int partition = 0; partition < PARTITIONS; partition++) {
      assertThat(runs.versions(partition)).as("in partition %d", partition).isEqualTo(decided);
    }
  }

  /** Under load. Gives the commands whose controller was killed. */
  private static Set<Long> promoteBackAndForth(VersionRuns runs, Census census) {
    Set<Long> killed = new HashSet<>();
    try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 300)) {
      int version = activeVersion();
      awaitEverywhere(version, runs, census);
      for (int promotion = 1; promotion <= PROMOTIONS; promotion++) {
        version = version == 1 ? 2 : 1;
        long command;
        if (promotion % KILL_EVERY == 0) {
          command = promoteAndKill(version, Moment.values()[killed.size() % MOMENTS]);
          killed.add(command);
        } else {
          command = bench.promote(SERVICE, "digits", version);
        }
        assertThat(audit.verdict(command)).isEqualTo("ACTIVATED " + version);
        awaitEverywhere(version, runs, census);
        instances.values().forEach(ServiceUnderTest::awaitReady);
      }
      long sent = load.sent();
      Await.until("load after the last promotion", 30, () -> load.sent() > sent + 300);
    }
    return killed;
  }

  @Test
  void shouldAllStayIfOneCannotFollow() throws IOException {
    int active = activeVersion();
    bench.installVersion("examples/digits/1", "shared", 3);
    Path broken = Files.createDirectories(own.resolve("3")).resolve("saved_model.pb");
    Files.write(broken, new byte[] {1, 2, 3, 4});
    try (DigitLoad load = new DigitLoad(bench, "in", PARTITIONS, 300)) {

      String verdict = audit.verdict(bench.promote(SERVICE, "digits", 3));

      assertThat(verdict).startsWith("ABORTED 3: ").contains("saved_model.pb");
      long sent = load.sent();
      Await.until("more load", 30, () -> load.sent() > sent + 300);
    }
    assertThat(instances.values())
        .allSatisfy(
            instance -> {
              assertThat(instance.health().at("/models/digits/active").asInt()).isEqualTo(active);
              assertThat(instance.isReady()).isTrue();
            });
    try (Census census = new Census(bench.stack().bootstrapServers(), "in", "out", "dead")) {
      Await.until("every outcome", 60, () -> census.update().lost() == 0);
      assertThat(census.perVersion()).containsKey(String.valueOf(active)).doesNotContainKey("3");
      assertThat(census.deadLetters()).isZero();
    }
  }

  private static int activeVersion() {
    return instances.get("a").health().at("/models/digits/active").asInt();
  }

  /** Has the new version serve every partition, so that no decision passes one by. */
  private static void awaitEverywhere(int version, VersionRuns runs, Census census) {
    Await.until(
        () -> "version %d in every partition: %s%n%s".formatted(version, runs.firsts(), logs()),
        60,
        () -> {
          census.update();
          return runs.lastAreAll(PARTITIONS, String.valueOf(version));
        });
  }

  /** Gives the command. Another process takes the place of the one that is killed. */
  private static long promoteAndKill(int version, Moment moment) {
    String controller = controller();
    ServiceUnderTest other =
        instances.entrySet().stream()
            .filter(entry -> !entry.getKey().equals(controller))
            .findFirst()
            .orElseThrow()
            .getValue();
    if (moment == Moment.PREPARING) {
      other.freeze(); // Without its answer the preparation does not end.
    }
    try {
      long command = bench.promote(SERVICE, "digits", version);
      switch (moment) {
        case COMMANDED -> {}
        case PREPARING ->
            Await.until(
                "the preparation",
                30,
                () ->
                    audit.decisions().stream().anyMatch(decided -> decided.getEpoch() == command));
        case ACTIVATED -> audit.verdict(command);
      }
      instances.get(controller).kill();
      start(controller);
      return command;
    } finally {
      other.thaw();
    }
  }

  /** Who owns the control topic. */
  private static String controller() {
    List<String> found = new ArrayList<>();
    Await.until(
        () -> "a controller:\n" + logs(),
        60,
        () -> {
          Collection<MemberDescription> members = controllerGroup();
          instances.forEach(
              (name, instance) -> {
                String id = instance.json("/status").at("/instance").asText();
                if (members.stream()
                    .anyMatch(
                        member ->
                            member.clientId().endsWith(id)
                                && !member.assignment().topicPartitions().isEmpty())) {
                  found.add(name);
                }
              });
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static Collection<MemberDescription> controllerGroup() {
    String group = SERVICE + "-controller";
    try {
      return admin.describeConsumerGroups(List.of(group)).all().get().get(group).members();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("no members of " + group, e);
    }
  }

  /** What became active, in the order of the decisions. */
  private static List<String> activatedVersions() {
    return audit.decisions().stream()
        .filter(decided -> decided.getOutcome() == Outcome.ACTIVATED)
        .map(Decided::getVersion)
        .map(String::valueOf)
        .toList();
  }

  /** By the audit: the first record of every epoch in every partition. */
  private static Map<Integer, List<String>> firstsOfEpochs() {
    Map<Integer, Map<Long, Cutover>> firsts = new TreeMap<>();
    for (Cutover cutover : audit.cutovers()) {
      firsts
          .computeIfAbsent(cutover.getPartition(), partition -> new TreeMap<>())
          .merge(
              cutover.getEpoch(),
              cutover,
              (one, other) -> one.getOffset() <= other.getOffset() ? one : other);
    }
    Map<Integer, List<String>> told = new TreeMap<>();
    firsts.forEach(
        (partition, epochs) ->
            told.put(
                partition,
                epochs.values().stream()
                    .map(cutover -> cutover.getTo() + "@" + cutover.getOffset())
                    .toList()));
    return told;
  }

  private static String logs() {
    return instances.entrySet().stream()
        .map(entry -> entry.getKey() + ":\n" + entry.getValue().log())
        .collect(Collectors.joining("\n"));
  }
}
