package io.penstock.service;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.penstock.localstack.host.LoopbackPorts;
import io.penstock.testkit.AuditTrail;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.DigitLoad;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A record and a request of the same features, sent together under load while versions are promoted
 * back and forth: both are computed by what serves, and the same version says the same to both.
 *
 * <p>{@code -Drequests.promotions=50} promotions. A version is left when the broker takes the
 * decision, which is before any instance reads it; an outcome is there when the broker takes it, an
 * answer when it has been read. How long after that the old version was still named is printed: it
 * is timed, so it is held against the bound that matters only where {@code
 * -Drequests.lateness.limit=250} gives it, in milliseconds.
 */
class RequestCutoversIT {

  private static final String SERVICE = "cutovers";
  private static final int PROMOTIONS = Integer.getInteger("requests.promotions", 4);
  private static final long LATENESS_LIMIT = Long.getLong("requests.lateness.limit", 20_000);

  /** Pairs that are sent with each version once it serves. */
  private static final int PAIRS = 50;

  private static final Offset<Float> TOLERANCE = Offset.offset(1e-4f);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static AuditTrail audit;
  private static ServiceUnderTest service;
  private static int grpcPort;

  @BeforeAll
  static void serveVersionOne() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    audit = new AuditTrail(records, SERVICE);
    bench.createControlTopics(SERVICE);
    bench.createTopics(1, "in", "dead");
    bench
        .stack()
        .createTopics(
            new NewTopic("out", 1, (short) 1)
                .configs(Map.of("message.timestamp.type", "LogAppendTime")));
    grpcPort = LoopbackPorts.free();
    Path config =
        bench.writeConfig(
            "cutovers.yaml",
            SERVICE,
            """
            models:
              digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
            requests:
              grpc: {listen: "127.0.0.1:%d"}
            pipelines:
              digits:
                model: digits
                guarantee: at_least_once
                start-from: earliest
                input: {topic: in, format: avro, fields: {pixels: pixels}}
                output: {topic: out, format: json}
                dead-letters: {topic: dead}
            """
                .formatted(bench.installVersion("digits", 1), grpcPort));
    service = ServiceUnderTest.start(config, folder, SERVICE);
    service.awaitReady();
    bench.installVersion("digits", 2);
  }

  @AfterAll
  static void tearDown() {
    service.close();
    records.close();
    bench.close();
  }

  @Test
  void shouldAnswerRecordAndRequestByWhatServes() {
    List<Sighting> answers;
    try (DigitLoad load = new DigitLoad(bench, "in", 1, 300);
        PairedSender pairs = new PairedSender(bench, service, grpcPort, "in")) {
      int version = 1;
      awaitPairs(pairs, version);
      for (int promotion = 1; promotion <= PROMOTIONS; promotion++) {
        version = version == 1 ? 2 : 1;
        long command = bench.promote(SERVICE, "digits", version);
        assertThat(audit.verdict(command)).isEqualTo("ACTIVATED " + version);
        awaitPairs(pairs, version);
      }
      answers = pairs.answers();
    }
    List<Sighting> outcomes = new ArrayList<>();
    Await.until(
        () -> outcomes.size() + " of " + answers.size() + " outcomes:\n" + service.log(),
        60,
        () -> {
          outcomes.clear();
          outcomes.addAll(outcomes());
          return outcomes.size() == answers.size();
        });

    assertThat(records.list("dead")).isEmpty();
    assertNamedInTime(outcomes, answers);
    assertSamePredictions(outcomes, answers);
  }

  /**
   * Has so many more pairs sent once requests are answered by that version, over both protocols.
   */
  private static void awaitPairs(PairedSender pairs, int version) {
    int[] from = new int[1];
    Await.until(
        () -> "answers by version " + version + ":\n" + service.log(),
        60,
        () -> {
          List<Sighting> answers = pairs.answers();
          from[0] = answers.size();
          return from[0] >= 2
              && answers.subList(from[0] - 2, from[0]).stream()
                  .allMatch(answer -> answer.version() == version);
        });
    Await.until(
        () -> "more pairs:\n" + service.log(), 60, () -> pairs.answers().size() > from[0] + PAIRS);
  }

  private static List<Sighting> outcomes() {
    List<Sighting> outcomes = new ArrayList<>();
    records.forEach(
        "out",
        outcome -> {
          if (outcome.key() != null) {
            outcomes.add(outcome(outcome));
          }
        });
    return outcomes;
  }

  private static Sighting outcome(ConsumerRecord<byte[], byte[]> outcome) {
    int pair = Integer.parseInt(new String(outcome.key(), UTF_8).substring("pair-".length()));
    String servedBy = new String(outcome.headers().lastHeader("penstock-served-by").value(), UTF_8);
    try {
      return new Sighting(
          "stream",
          pair % PairedSender.DIGITS,
          PairedSender.version(servedBy),
          outcome.timestamp(),
          PairedSender.probabilities(JSON.readTree(outcome.value()).get("probabilities")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void assertNamedInTime(List<Sighting> outcomes, List<Sighting> answers) {
    NavigableMap<Long, Long> activations = audit.activations();
    assertThat(activations).hasSize(PROMOTIONS + 1);
    long ofStream = latest(outcomes, activations);
    long ofRequests = latest(answers, activations);
    System.out.printf(
        "promotions=%d pairs=%d; a version was named after it had been left: stream %d ms, requests %d ms%n",
        PROMOTIONS, answers.size(), ofStream, ofRequests);
    assertThat(Math.max(ofStream, ofRequests))
        .as("ms for which a version was named after it had been left")
        .isLessThanOrEqualTo(LATENESS_LIMIT);
  }

  private static long latest(List<Sighting> sightings, NavigableMap<Long, Long> activations) {
    return sightings.stream().mapToLong(each -> each.lateness(activations)).max().orElseThrow();
  }

  /** Of a digit and a version, the first prediction that was seen stands for all. */
  private static void assertSamePredictions(List<Sighting> outcomes, List<Sighting> answers) {
    Map<List<Long>, Sighting> firsts = new HashMap<>();
    Stream.concat(outcomes.stream(), answers.stream())
        .forEach(
            each -> {
              Sighting first =
                  firsts.computeIfAbsent(
                      List.of((long) each.features(), each.version()), unknown -> each);
              assertClose(each, first);
            });
    assertThat(firsts).hasSize(2 * PairedSender.DIGITS);
    assertThat(firsts.get(List.of(0L, 1L)).probabilities())
        .as("the versions can be told apart")
        .isNotEqualTo(firsts.get(List.of(0L, 2L)).probabilities());
  }

  private static void assertClose(Sighting one, Sighting other) {
    assertThat(one.probabilities()).hasSameSizeAs(other.probabilities());
    for (int i = 0; i < one.probabilities().size(); i++) {
      assertThat(one.probabilities().get(i))
          .as("%s and %s", one, other)
          .isCloseTo(other.probabilities().get(i), TOLERANCE);
    }
  }
}
