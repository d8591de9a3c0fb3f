package io.penstock.control.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.ControlTopics;
import io.penstock.control.FakeInstance;
import io.penstock.control.message.ControlMessages;
import io.penstock.localstack.LocalKafka;
import io.penstock.localstack.host.JavaProcess;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;

/** The control plane on a real broker, each test with topics of its own. */
class ControlPlaneIT {

  @TempDir private static Path folder;

  private static LocalKafka kafka;

  private final Queue<Throwable> fatal = new ConcurrentLinkedQueue<>();
  private String service = "";
  private AuditLog audit;

  @BeforeAll
  static void startKafka() {
    kafka = LocalKafka.start(folder.resolve("kafka"));
  }

  @AfterAll
  static void stopKafka() {
    kafka.close();
  }

  @BeforeEach
  void createTopics(TestInfo test) throws Exception {
    service = test.getTestMethod().orElseThrow().getName();
    ControlTopics topics = ControlTopics.of(service);
    Map<String, String> compact = Map.of("cleanup.policy", "compact");
    create(
        topics,
        new NewTopic(topics.control(), 1, (short) 1),
        new NewTopic(topics.reports(), 1, (short) 1).configs(compact),
        new NewTopic(topics.decisions(), 1, (short) 1).configs(compact),
        new NewTopic(topics.audit(), 1, (short) 1));
    audit = new AuditLog(kafka.bootstrapServers(), topics);
  }

  @AfterEach
  void nothingWasFatal() {
    audit.close();
    assertThat(fatal).isEmpty();
  }

  @Test
  void shouldActivateTheInitialVersionAndThenWhatALineOfJsonSays() throws Exception {
    FakeInstance instance = new FakeInstance(false, 1);
    try (ControlPlane plane = start("a", instance)) {
      plane.awaitCaughtUp(Duration.ofSeconds(30));
      audit.await("ACTIVATED 1");

      instance.aspire(2);
      say("{\"promote\":{\"model\":\"digits\",\"version\":2},\"by\":\"somebody\"}");
      audit.await("ACTIVATED 2");
      say("{\"rollback\":{\"model\":\"digits\"}}");

      assertThat(audit.await("ACTIVATED 1"))
          .containsExactly(
              "PREPARE 1 from null @0",
              "ACTIVATED 1 from null @0",
              "PREPARE 2 from 1 @1",
              "ACTIVATED 2 from 1 @1",
              "PREPARE 1 from 2 @2",
              "ACTIVATED 1 from 2 @2");
      assertThat(instance.awaitCall("activate 1@2"))
          .containsExactly(
              "prepare 1",
              "activate 1@0",
              "prepare 2",
              "activate 2@1",
              "prepare 1",
              "activate 1@2");
    }
  }

  @Test
  void shouldChangeNothingWhenAVersionCannotBePrepared() throws Exception {
    FakeInstance instance = new FakeInstance(false, 1).failing(2, "no such folder: /models/2");
    try (ControlPlane plane = start("a", instance)) {
      audit.await("ACTIVATED 1");

      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");

      assertThat(audit.await("ABORTED"))
          .last()
          .isEqualTo(
              "ABORTED 2 from 1 @1 instance a failed to prepare digits/2:"
                  + " no such folder: /models/2");
      assertThat(plane.activeVersion(FakeInstance.MODEL)).contains(1L);
    }
    assertThat(instance.calls()).noneMatch(call -> call.startsWith("activate 2"));
  }

  @Test
  void shouldAnswerGarbageAndGoOn() throws Exception {
    try (ControlPlane plane = start("a", new FakeInstance(false, 1))) {
      audit.await("ACTIVATED 1");

      say("promote digits 2");
      say("{\"promote\":{\"model\":\"digits\",\"version\":\"2\"}}");
      say("{\"promote\":{\"model\":\"digitz\",\"version\":2}}");
      say("{\"explode\":{}}");
      say("{\"pin\":{\"model\":\"digits\",\"version\":2}}");
      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");

      assertThat(audit.await("ACTIVATED 2"))
          .containsSubsequence(
              "REJECTED @1 first byte: 0x70 (expected: '{' of JSON, or 0x00 of Avro in Confluent's"
                  + " framing)",
              "REJECTED @2 promote.version: \"2\" (expected: a whole number)",
              "REJECTED @3 model: digitz (expected: one of digits)",
              "REJECTED @4 command: explode (expected: one promote, rollback or abort)",
              "REJECTED @5 pin is not supported yet (expected: promote, rollback or abort)",
              "PREPARE 2 from 1 @6",
              "ACTIVATED 2 from 1 @6");
    }
  }

  @Test
  void shouldWaitForAllInstancesAndContinueWhereAKilledControllerStopped() throws Exception {
    try (JavaProcess first = process("first", 1, 2)) {
      audit.await("ACTIVATED 1");
      FakeInstance instance = new FakeInstance(false, 1);
      try (ControlPlane second = start("second", instance)) {
        second.awaitCaughtUp(Duration.ofSeconds(30));
        assertThat(second.activeVersion(FakeInstance.MODEL)).contains(1L);

        say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");
        audit.await("PREPARE 2");
        first.kill();

        assertThat(audit.await("ACTIVATED 2"))
            .containsExactly(
                "PREPARE 1 from null @0",
                "ACTIVATED 1 from null @0",
                "PREPARE 2 from 1 @1",
                "ACTIVATED 2 from 1 @1");
        assertThat(instance.awaitCall("activate 2@1"))
            .containsExactly("resume 1", "activate 1@0", "prepare 2", "activate 2@1");
      }
    }
  }

  @Test
  void shouldStartFromTheActiveVersion() throws Exception {
    try (ControlPlane plane = start("a", new FakeInstance(false, 1))) {
      audit.await("ACTIVATED 1");
      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");
      audit.await("ACTIVATED 2");
    }
    FakeInstance later = new FakeInstance(false, 1, 2);
    try (ControlPlane plane = start("b", later)) {
      plane.awaitCaughtUp(Duration.ofSeconds(30));

      assertThat(plane.activeVersion(FakeInstance.MODEL)).contains(2L);
      assertThat(later.awaitCall("activate 2@1")).containsExactly("resume 2", "activate 2@1");
    }
  }

  @Test
  void shouldFenceAControllerThatWakesUpAfterAnotherHasTakenOver() throws Exception {
    try (JavaProcess first = process("first", 1, 2)) {
      audit.await("ACTIVATED 1");
      FakeInstance instance = new FakeInstance(false, 1);
      try (ControlPlane second = start("second", instance)) {
        second.awaitCaughtUp(Duration.ofSeconds(30));
        say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");
        audit.await("PREPARE 2");
        signal("STOP", first);
        audit.await("ACTIVATED 2");

        signal("CONT", first);
        say("{\"promote\":{\"model\":\"digits\",\"version\":3}}");

        assertThat(audit.await("ACTIVATED 3"))
            .containsExactly(
                "PREPARE 1 from null @0",
                "ACTIVATED 1 from null @0",
                "PREPARE 2 from 1 @1",
                "ACTIVATED 2 from 1 @1",
                "PREPARE 3 from 2 @2",
                "ACTIVATED 3 from 2 @2");
      }
    }
  }

  @Test
  void shouldGoOnAfterTheBrokerWasAway() throws Exception {
    FakeInstance instance = new FakeInstance(false, 1);
    try (ControlPlane plane = start("a", instance)) {
      audit.await("ACTIVATED 1");
      kafka.stop();
      assertThat(plane.activeVersion(FakeInstance.MODEL)).contains(1L);
      kafka.start();

      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");

      audit.await("ACTIVATED 2");
      assertThat(instance.awaitCall("activate 2@1"))
          .containsExactly("prepare 1", "activate 1@0", "prepare 2", "activate 2@1");
    }
  }

  /** Brokers forget a group's offset when nobody was a member for days. */
  @Test
  void shouldAnswerNoCommandTwiceWhenTheGroupsOffsetIsLost() throws Exception {
    FakeInstance instance = new FakeInstance(false, 1).hanging(2);
    List<String> before;
    try (ControlPlane plane = start("a", instance)) {
      audit.await("ACTIVATED 1");
      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");
      say("{\"promote\":{\"model\":\"digits\",\"version\":3}}");
      say("{\"promote\":{\"model\":\"digitz\",\"version\":4}}");
      say("{\"abort\":{\"model\":\"digits\"}}");
      say("{\"promote\":{\"model\":\"digits\",\"version\":5,\"expected\":9}}");
      say("noise");
      before = audit.await("REJECTED @6");
    }
    assertThat(before)
        .extracting(line -> line.split(" ", -1)[0])
        .containsExactly(
            "PREPARE",
            "ACTIVATED",
            "PREPARE",
            "REJECTED",
            "REJECTED",
            "ABORTED",
            "REJECTED",
            "REJECTED");
    try (Admin admin = admin()) {
      admin.deleteConsumerGroups(List.of(service + "-controller")).all().get();
    }

    try (ControlPlane plane = start("b", new FakeInstance(false, 1))) {
      plane.awaitCaughtUp(Duration.ofSeconds(30));
      say("{\"promote\":{\"model\":\"digits\",\"version\":6}}");

      assertThat(audit.await("ACTIVATED 6").subList(before.size(), before.size() + 2))
          .containsExactly("PREPARE 6 from 1 @7", "ACTIVATED 6 from 1 @7");
    }
  }

  @Test
  void shouldSayWhenTheControlTopicWasDeletedAndMadeAgain() throws Exception {
    try (ControlPlane plane = start("a", new FakeInstance(false, 1))) {
      audit.await("ACTIVATED 1");
    }
    ControlTopics topics = ControlTopics.of(service);
    try (Admin admin = admin()) {
      admin.deleteTopics(List.of(topics.control())).all().get();
    }
    create(topics, new NewTopic(topics.control(), 1, (short) 1));

    CompletableFuture<Throwable> stopped = new CompletableFuture<>();
    try (ControlPlane plane = start("a", new FakeInstance(false, 1), stopped::complete)) {
      assertThat(stopped.get(60, TimeUnit.SECONDS))
          .rootCause()
          .isInstanceOf(ControlPlaneException.class)
          .hasMessageContaining(topics.control() + "-0 ends at offset 0 (expected: 1 or more");
      assertThat(plane.activeVersion(FakeInstance.MODEL)).contains(1L);
    }
  }

  @Test
  void shouldNameMissingTopics() {
    assertThatThrownBy(
            () ->
                ControlPlane.start(
                    ControlPlaneProcess.settings(kafka.bootstrapServers(), "nobody", "a"),
                    new FakeInstance(false),
                    ControlMessages.jsonOnly(),
                    fatal::add))
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageContaining("topic nobody.audit: missing (expected: 1 partition)")
        .hasMessageContaining("penstock topics --create");
  }

  private ControlPlane start(String instanceId, FakeInstance instance) {
    return start(instanceId, instance, fatal::add);
  }

  private ControlPlane start(
      String instanceId, FakeInstance instance, Consumer<Throwable> onFatal) {
    return ControlPlane.start(
        ControlPlaneProcess.settings(kafka.bootstrapServers(), service, instanceId),
        instance,
        ControlMessages.jsonOnly(),
        onFatal);
  }

  /** Makes topics and waits until the broker tells of them, which is a little later. */
  private static void create(ControlTopics topics, NewTopic... missing) throws Exception {
    try (Admin admin = admin()) {
      admin.createTopics(List.of(missing)).all().get();
      long startNanos = System.nanoTime();
      while (true) {
        try {
          RequiredTopics.verify(topics, admin, Duration.ofSeconds(30));
          return;
        } catch (ControlPlaneException e) {
          if (System.nanoTime() - startNanos > Duration.ofSeconds(30).toNanos()) {
            throw e;
          }
        }
      }
    }
  }

  private static Admin admin() {
    return Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()));
  }

  private static void signal(String signal, JavaProcess process) throws Exception {
    int exitCode =
        new ProcessBuilder("kill", "-" + signal, String.valueOf(process.pid())).start().waitFor();
    assertThat(exitCode).isZero();
  }

  private JavaProcess process(String instanceId, long aspired, long hanging) {
    return JavaProcess.start(
        new JavaProcess.Launch(
            ControlPlaneProcess.class.getName(),
            List.of(System.getProperty("java.class.path").split(File.pathSeparator)),
            List.of("-Xmx128m"),
            List.of(
                kafka.bootstrapServers(),
                service,
                instanceId,
                String.valueOf(aspired),
                String.valueOf(hanging)),
            Map.of(),
            folder.resolve(instanceId + ".log")));
  }

  private void say(String line) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer
          .send(
              new ProducerRecord<>(
                  ControlTopics.of(service).control(), line.getBytes(StandardCharsets.UTF_8)))
          .get();
    }
  }
}
