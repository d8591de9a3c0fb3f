package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.schemas.Decided;
import io.penstock.schemas.Outcome;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A version passes every check and fails at work. Each test has a service of its own, under load,
 * that serves version 1 and then promotes version 2.
 */
class FallbackIT {

  private static final int PARTITIONS = 4;
  private static final int RECORDS_PER_SECOND = 200;

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"exactly_once_v2", "at_least_once"})
  void shouldRollBackOnceThoughEveryInstanceFailsAndLoseNothing(String guarantee) {
    String name = guarantee.replace('_', '-');
    Path config = config(name, "guarantee: %s, on-model-failure: roll-back".formatted(guarantee));
    try (ServiceUnderTest a = ServiceUnderTest.startFaulty(config, folder, name + "-a");
        ServiceUnderTest b = ServiceUnderTest.startFaulty(config, folder, name + "-b")) {
      a.awaitReady();
      b.awaitReady();
      try (DigitLoad load = load(name)) {
        promoteTwo(name);
        a.arm("/fail-version/2");
        b.arm("/fail-version/2");

        awaitServing(a, 1);
        awaitServing(b, 1);
        awaitMore(load);
      }
      assertThat(rollBacks(name))
          .singleElement()
          .satisfies(
              decided -> {
                assertThat(decided.getVersion()).isEqualTo(1);
                assertThat(decided.getFrom()).isEqualTo(2);
                assertThat(decided.getBy()).startsWith("instance ");
                assertThat(decided.getWhy()).contains("pipeline digits", "injected: the run fails");
              });
      try (Census census = awaitAllOutcomes(name)) {
        assertThat(census.deadLetters()).isZero();
        assertThat(census.disorderOfFirsts()).isEmpty();
        if (guarantee.equals("exactly_once_v2")) {
          assertThat(census.duplicated()).isZero();
          assertThat(census.disorder()).isEmpty();
        }
      }
    }
  }

  @Test
  void shouldGoOnWithTheVersionThatSomebodyPromotesAndRefuseTheOneThatFailed() {
    Path config = config("halt", "on-model-failure: halt");
    try (ServiceUnderTest service = ServiceUnderTest.startFaulty(config, folder, "halt")) {
      service.awaitReady();
      try (DigitLoad load = load("halt")) {
        promoteTwo("halt");
        service.arm("/hang/20000");
        awaitDetail(
            service, "has not returned", "by transaction.timeout.ms", "waits for another version");
        assertThat(service.isAlive()).isTrue();

        assertThat(audit("halt").verdict(bench.promote("halt", "digits", 1)))
            .isEqualTo("ACTIVATED 1");
        awaitServing(service, 1);
        awaitMore(load);
      }
      assertThat(audit("halt").verdict(bench.promote("halt", "digits", 2)))
          .startsWith("ABORTED 2: ")
          .contains("pipeline digits has stopped with version 2", "has not returned");
      assertThat(rollBacks("halt")).isEmpty();
      try (Census census = awaitAllOutcomes("halt")) {
        assertThat(census.duplicated()).isZero();
        assertThat(census.deadLetters()).isZero();
      }
    }
  }

  @Test
  void shouldSayThatTheWayBackIsClosedAndGoOnWithANewerVersion() {
    Path config = config("gone", "on-model-failure: roll-back");
    try (ServiceUnderTest service = ServiceUnderTest.startFaulty(config, folder, "gone")) {
      service.awaitReady();
      try (DigitLoad load = load("gone")) {
        promoteTwo("gone");
        delete(folder.resolve("models/gone/1"));
        Await.until(
            () -> "version 1 is unloaded: " + service.health(), 30, () -> !isLoaded(service, 1));
        service.arm("/fail-version/2");
        awaitDetail(service, "injected: the run fails", "the roll-back to 1 was given up (epoch");

        install("gone", 3);
        assertThat(audit("gone").verdict(bench.promote("gone", "digits", 3)))
            .isEqualTo("ACTIVATED 3");
        awaitServing(service, 3);
        awaitMore(load);
      }
      assertThat(rollBacks("gone")).isEmpty();
      awaitAllOutcomes("gone").close();
    }
  }

  /** A service of that name, its topics and version 1 of its model. */
  private static Path config(String name, String settings) {
    bench.createControlTopics(name);
    bench.createTopics(PARTITIONS, name + "-in", name + "-out", name + "-dead");
    install(name, 1);
    return bench.writeConfig(
        name + ".yaml",
        name,
        """
        models:
          digits:
            path: "%2$s"
            settle: 300ms
            poll-interval: 100ms
        pipelines:
          digits: {
            model: digits, threads: 2, start-from: earliest, %3$s,
            input: {topic: %1$s-in}, output: {topic: %1$s-out}, dead-letters: {topic: %1$s-dead}}
        """
            .formatted(name, folder.resolve("models").resolve(name), settings));
  }

  private static void install(String name, int version) {
    bench.installVersion("examples/digits/1", name, version);
  }

  private static DigitLoad load(String name) {
    DigitLoad load = new DigitLoad(bench, name + "-in", PARTITIONS, RECORDS_PER_SECOND);
    awaitMore(load);
    return load;
  }

  private static void awaitMore(DigitLoad load) {
    long then = load.sent();
    Await.until("some load", 30, () -> load.sent() > then + RECORDS_PER_SECOND);
  }

  private static void promoteTwo(String name) {
    install(name, 2);
    assertThat(audit(name).verdict(bench.promote(name, "digits", 2))).isEqualTo("ACTIVATED 2");
    Await.until(
        "predictions by version 2",
        30,
        () ->
            records.list(name + "-out").stream()
                .anyMatch(outcome -> OutcomeSource.of(outcome).version().equals("2")));
  }

  private static void awaitServing(ServiceUnderTest service, int version) {
    Await.until(
        () -> "version " + version + " serves: " + service.health() + service.log(),
        60,
        () ->
            service.health().at("/models/digits/active").asText().equals(String.valueOf(version))
                && service.isReady());
  }

  private static void awaitDetail(ServiceUnderTest service, String... texts) {
    Await.until(
        () -> "stopped: " + service.health() + service.log(),
        60,
        () ->
            service.health().at("/pipelines/digits/state").asText().equals("MODEL_FAILED")
                && Stream.of(texts)
                    .allMatch(service.health().at("/pipelines/digits/detail").asText()::contains));
    assertThat(service.isReady()).isFalse();
  }

  private static boolean isLoaded(ServiceUnderTest service, int version) {
    return service.health().at("/models/digits/versions/" + version).asText().equals("AVAILABLE");
  }

  private static AuditTrail audit(String name) {
    return new AuditTrail(records, name);
  }

  /** The roll-backs of a service that came to their end as they should. */
  private static List<Decided> rollBacks(String name) {
    return audit(name).events().stream()
        .map(event -> event.getDecided())
        .filter(Objects::nonNull)
        .filter(decided -> decided.getOutcome() == Outcome.ACTIVATED)
        .filter(
            decided ->
                decided.getWhy() != null && decided.getWhy().startsWith("version 2 has failed: "))
        .toList();
  }

  private static Census awaitAllOutcomes(String name) {
    Census census =
        new Census(bench.stack().bootstrapServers(), name + "-in", name + "-out", name + "-dead");
    Await.until(
        () -> "an outcome for every input: " + census, 60, () -> census.update().lost() == 0);
    return census;
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
