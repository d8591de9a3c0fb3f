package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.Penstock;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where a pipeline starts, and what it does when it cannot go on from there: guarantee G1. */
class OffsetRangeIT {

  private static final Instant LONG_AGO = Instant.parse("2026-01-01T00:00:00Z");

  @TempDir private static Path folder;

  private static Workbench bench;
  private static CommittedRecords records;
  private static Path model;

  @BeforeAll
  static void setUp() {
    bench = new Workbench(folder);
    records = new CommittedRecords(bench.stack().bootstrapServers());
    model = bench.installVersion("digits", 1);
  }

  @AfterAll
  static void tearDown() {
    records.close();
    bench.close();
  }

  private static Path config(String name, String service, String... pipelines) {
    return bench.writeConfig(
        name,
        service,
        """
        models:
          digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
        http: {listen: "127.0.0.1:0"}
        pipelines:
        %s\
        """
            .formatted(model, String.join("", pipelines)));
  }

  private static String pipeline(String name, String input, String more) {
    return """
      %1$s:
        model: digits
        input: {topic: %2$s, format: avro}
        output: {topic: out-%1$s, format: avro}
        dead-letters: {topic: dead-%1$s}
        %3$s
    """
        .formatted(name, input, more);
  }

  /** Sends that many records a second apart. */
  private static void send(String topic, int count, Instant time) {
    byte[] value = Digits.framed(bench, topic, 0);
    for (int i = 0; i < count; i++) {
      bench.send(new ProducerRecord<>(topic, 0, time.plusSeconds(i).toEpochMilli(), null, value));
    }
  }

  /** The offsets of the inputs that have an outcome of that pipeline. */
  private static Set<Long> answered(String pipeline) {
    Set<Long> offsets = new TreeSet<>();
    records.forEach("out-" + pipeline, outcome -> offsets.add(OutcomeSource.of(outcome).offset()));
    return offsets;
  }

  private static void awaitAnswered(String pipeline, long from, long to) {
    Set<Long> expected =
        LongStream.range(from, to).boxed().collect(Collectors.toCollection(TreeSet::new));
    Await.until(
        () -> "outcomes of " + pipeline + " for " + expected + ", are " + answered(pipeline),
        60,
        () -> answered(pipeline).containsAll(expected));
    assertThat(answered(pipeline)).isEqualTo(expected);
  }

  @Test
  void shouldStartWhereToldAndKeepToItThoughKilledBeforeTheFirstCommit() {
    bench.createControlTopics("start");
    bench.createTopics(1, "in");
    for (String pipeline : Set.of("earliest", "latest", "time")) {
      bench.createTopics(1, "out-" + pipeline, "dead-" + pipeline);
    }
    String neverCommits = "kafka: {commit.interval.ms: 600000}\n    guarantee: at_least_once";
    Path config =
        config(
            "start.yaml",
            "start",
            pipeline("earliest", "in", "start-from: earliest"),
            pipeline("latest", "in", "start-from: latest\n    " + neverCommits),
            pipeline("time", "in", "start-from: " + LONG_AGO.plusSeconds(10)));
    send("in", 20, LONG_AGO);
    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, "start-a")) {
      service.awaitReady();
      send("in", 20, Instant.now());

      service.kill();
    }
    send("in", 10, Instant.now());

    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, "start-b")) {
      service.awaitReady();
      awaitAnswered("earliest", 0, 50);
      awaitAnswered("latest", 20, 50);
      awaitAnswered("time", 10, 50);
    }
  }

  @Test
  void shouldHaltAloneWhereItsInputIsGoneAndGoOnOnceToldWhere() throws Exception {
    bench.createControlTopics("range");
    bench.createTopics(1, "in-cut", "out-cut", "dead-cut", "in-whole", "out-whole", "dead-whole");
    String cut = pipeline("cut", "in-cut", "start-from: earliest");
    String whole = pipeline("whole", "in-whole", "start-from: earliest");
    Path both = config("both.yaml", "range", cut, whole);
    Path cutOnly = config("cut.yaml", "range", cut);
    send("in-cut", 20, LONG_AGO);
    try (ServiceUnderTest service = ServiceUnderTest.start(both, folder, "range-a")) {
      awaitAnswered("cut", 0, 20);
      assertThat(service.terminate()).as(service.log()).isZero();
    }
    send("in-cut", 20, LONG_AGO);
    deleteRecords("in-cut", 30);
    send("in-whole", 10, LONG_AGO);

    try (ServiceUnderTest service = ServiceUnderTest.start(both, folder, "range-b")) {
      awaitAnswered("whole", 0, 10);
      Await.until(
          () -> "the cut pipeline has halted: " + service.health(),
          60,
          () -> service.health().at("/pipelines/cut/state").asText().equals("HALTED"));
      JsonNode health = service.health();
      assertThat(health.at("/live").asBoolean()).isTrue();
      assertThat(health.at("/ready").asBoolean()).isFalse();
      assertThat(health.at("/pipelines/cut/detail").asText())
          .contains("offsets out of range: {in-cut-0=20}", "Nothing was skipped")
          .contains("--reset-offsets --group range-cut");
      assertThat(health.at("/pipelines/whole/state").asText()).isEqualTo("RUNNING");
    }
    assertThat(answered("cut")).hasSize(20);

    Penstock.Ended ended =
        Penstock.run(
            60, folder.resolve("range-c.log"), Map.of(), "serve", "--config", cutOnly.toString());
    assertThat(ended.exitCode()).as(ended.output()).isEqualTo(1);
    assertThat(ended.output())
        .contains("offsets out of range: {in-cut-0=20}", "--reset-offsets --group range-cut")
        .contains("penstock: every pipeline has halted");

    resetOffset("range-cut", "in-cut", 30);
    try (ServiceUnderTest service = ServiceUnderTest.start(cutOnly, folder, "range-d")) {
      service.awaitReady();
      Await.until("the rest", 60, () -> answered("cut").contains(39L));
    }
    assertThat(answered("cut")).hasSize(30).doesNotContain(20L, 29L);
  }

  private static void deleteRecords(String topic, long before) throws Exception {
    try (Admin admin = admin()) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  /** What {@code kafka-consumer-groups.sh --reset-offsets} does. */
  private static void resetOffset(String group, String topic, long offset) throws Exception {
    try (Admin admin = admin()) {
      admin
          .alterConsumerGroupOffsets(
              group, Map.of(new TopicPartition(topic, 0), new OffsetAndMetadata(offset)))
          .all()
          .get();
    }
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bench.stack().bootstrapServers()));
  }
}
