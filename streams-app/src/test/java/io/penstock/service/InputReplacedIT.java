package io.penstock.service;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.testkit.Await;
import io.penstock.testkit.CommittedRecords;
import io.penstock.testkit.OutcomeSource;
import io.penstock.testkit.ServiceUnderTest;
import io.penstock.testkit.Workbench;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An input that is deleted and created again, and has grown past where its pipeline was: no offset
 * is out of range, and yet what it begins with would be passed over. Another pipeline goes on.
 */
class InputReplacedIT {

  private static final int BEFORE = 20;
  private static final int AFTER = 60;

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

  /** It stands still meanwhile, so that it sees neither that the topic is missing nor its end. */
  @Test
  void shouldHaltAloneWhenItHappensWhileItRuns() throws Exception {
    Path config = config("running", "exactly_once_v2");
    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, "running")) {
      service.awaitReady();
      send("running-in", BEFORE);
      awaitAnswered("running", BEFORE);

      service.freeze();
      replace("running-in");
      send("running-in", AFTER);
      service.thaw();

      awaitHalted(service, "running");
      assertThat(service.health().at("/pipelines/running/detail").asText())
          .contains("the input topic running-in was deleted and created again")
          .contains("--reset-offsets --group running-running --topic running-in");
      assertNeighbourGoesOn("running");
      assertThat(service.health().at("/pipelines/other/state").asText()).isEqualTo("RUNNING");
    }
  }

  /** The offsets are there still: an instance that went on for a moment has committed them. */
  @Test
  void shouldNotStartWithOffsetsOfTheTopicBeforeUntilToldWhereToGoOn() throws Exception {
    for (String guarantee : List.of("exactly_once_v2", "at_least_once")) {
      String service = guarantee.replace('_', '-');
      String input = service + "-in";
      TopicPartition partition = new TopicPartition(input, 0);
      Path config = config(service, guarantee);
      try (ServiceUnderTest first = ServiceUnderTest.start(config, folder, service + "-a")) {
        first.awaitReady();
        send(input, BEFORE);
        awaitAnswered(service, BEFORE);
        assertThat(first.terminate()).as(first.log()).isZero();
      }
      String group = service + "-" + service;
      OffsetAndMetadata committed = committed(group).get(partition);
      assertThat(committed.offset()).isEqualTo(BEFORE);
      replace(input);
      send(input, AFTER);
      commit(group, partition, committed);

      try (ServiceUnderTest second = ServiceUnderTest.start(config, folder, service + "-b")) {
        assertNeighbourGoesOn(service);
        awaitHalted(second, service);
        assertThat(second.health().at("/pipelines/" + service + "/detail").asText())
            .contains("cannot start: pipeline " + service)
            .contains("the input topic " + input + " was deleted and created again")
            .contains("committed: " + partition + "@" + BEFORE + " of id ");
        assertThat(second.health().at("/pipelines/other/state").asText()).isEqualTo("RUNNING");
        assertThat(answered(service)).hasSize(BEFORE);
        assertThat(second.terminate()).as(second.log()).isZero();
      }

      commit(group, partition, new OffsetAndMetadata(0));
      try (ServiceUnderTest third = ServiceUnderTest.start(config, folder, service + "-c")) {
        third.awaitReady();
        awaitAnswered(service, AFTER);
        assertThat(third.terminate()).as(third.log()).isZero();
      }
    }
  }

  /**
   * Brokers delete a topic's offsets with the topic. A new topic that is shorter than the old one,
   * and one that was made while nobody ran; the pipeline would begin both at their ends. Another
   * topic altogether is none that was made anew.
   */
  @Test
  void shouldStayHaltedAfterARestartThoughNothingWasCommittedOfTheNewTopic() throws Exception {
    TopicPartition partition = new TopicPartition("latest-in", 0);
    Path config = config("latest", "at_least_once", "latest");
    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, "latest-a")) {
      service.awaitReady();
      send("latest-in", BEFORE);
      awaitOutcomes("latest", BEFORE);
      Await.until(
          () -> "all is committed",
          60,
          () -> committed("latest-latest").get(partition).offset() == BEFORE);
      service.freeze();
      replace("latest-in");
      send("latest-in", 3);
      service.thaw();
      awaitHalted(service, "latest");
      assertThat(service.terminate()).as(service.log()).isZero();
    }
    assertThat(committed("latest-latest")).doesNotContainKey(partition);

    assertStaysHalted(config, "latest-b");

    commit("latest-latest", partition, new OffsetAndMetadata(0));
    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, "latest-c")) {
      service.awaitReady();
      awaitOutcomes("latest", BEFORE + 3);
      assertThat(service.terminate()).as(service.log()).isZero();
    }

    replace("latest-in");
    send("latest-in", 5);
    assertStaysHalted(config, "latest-d");

    bench.createTopics(1, "moved-in");
    Files.writeString(config, Files.readString(config).replace("latest-in", "moved-in"));
    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, "latest-e")) {
      service.awaitReady();
      send("moved-in", 2);
      awaitOutcomes("latest", BEFORE + 3 + 2);
      assertThat(service.terminate()).as(service.log()).isZero();
    }
  }

  private static void assertStaysHalted(Path config, String instance) throws Exception {
    try (ServiceUnderTest service = ServiceUnderTest.start(config, folder, instance)) {
      assertNeighbourGoesOn("latest");
      awaitHalted(service, "latest");
      assertThat(service.health().at("/pipelines/latest/detail").asText())
          .contains("the input topic latest-in was deleted and created again")
          .contains("nothing was committed of the new one, and start-from is latest")
          .contains("--reset-offsets --group latest-latest --topic latest-in");
      assertThat(service.terminate()).as(service.log()).isZero();
    }
  }

  private static Path config(String service, String guarantee) {
    return config(service, guarantee, "earliest");
  }

  private static Path config(String service, String guarantee, String startFrom) {
    bench.createControlTopics(service);
    bench.createTopics(1, service + "-in", service + "-out", service + "-dead");
    bench.createTopics(1, service + "-other-in", service + "-other-out", service + "-other-dead");
    return bench.writeConfig(
        service + ".yaml",
        service,
        """
        models:
          digits: {path: "%s", settle: 300ms, poll-interval: 100ms}
        http: {listen: "127.0.0.1:0"}
        pipelines:
        %s%s\
        """
            .formatted(
                model,
                pipeline(service, service, guarantee, startFrom),
                pipeline("other", service + "-other", guarantee, "earliest")));
  }

  private static String pipeline(String name, String topics, String guarantee, String startFrom) {
    return """
      %1$s:
        model: digits
        guarantee: %3$s
        start-from: %4$s
        input: {topic: %2$s-in, format: avro, fields: {pixels: pixels}}
        output: {topic: %2$s-out, format: avro}
        dead-letters: {topic: %2$s-dead}
    """
        .formatted(name, topics, guarantee, startFrom);
  }

  private static void send(String topic, int count) {
    byte[] value = Digits.framed(bench, topic, 0);
    for (int i = 0; i < count; i++) {
      bench.send(new ProducerRecord<>(topic, 0, null, value));
    }
  }

  /** Deletes a topic and creates it again. */
  private static void replace(String topic) throws Exception {
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(topic)).all().get();
      Await.until(
          () -> topic + " is gone",
          60,
          () -> {
            try {
              return !admin.listTopics().names().get().contains(topic);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
    bench.createTopics(1, topic);
  }

  private static void awaitHalted(ServiceUnderTest service, String pipeline) {
    Await.until(
        () -> "it has halted: " + service.health() + service.log(),
        60,
        () -> service.health().at("/pipelines/" + pipeline + "/state").asText().equals("HALTED"));
  }

  private static void assertNeighbourGoesOn(String name) {
    int before = answered(name + "-other").size();
    send(name + "-other-in", 3);
    awaitAnswered(name + "-other", before + 3);
  }

  /** The offsets of the inputs that have an outcome. */
  private static Set<Long> answered(String name) {
    Set<Long> offsets = new TreeSet<>();
    records.forEach(name + "-out", outcome -> offsets.add(OutcomeSource.of(outcome).offset()));
    return offsets;
  }

  private static void awaitAnswered(String name, int count) {
    Await.until(
        () -> count + " outcomes of " + name + ", are " + answered(name),
        60,
        () -> answered(name).size() == count);
  }

  private static void awaitOutcomes(String name, int count) {
    Await.until(
        () -> count + " outcomes of " + name + ", are " + records.list(name + "-out").size(),
        60,
        () -> records.list(name + "-out").size() == count);
  }

  private static Map<TopicPartition, OffsetAndMetadata> committed(String group) {
    try (Admin admin = admin()) {
      return admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  private static void commit(String group, TopicPartition partition, OffsetAndMetadata offset)
      throws Exception {
    try (Admin admin = admin()) {
      admin.alterConsumerGroupOffsets(group, Map.of(partition, offset)).all().get();
    }
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", bench.stack().bootstrapServers()));
  }
}
