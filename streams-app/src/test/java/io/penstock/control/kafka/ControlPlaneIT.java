package io.penstock.control.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.config.ControlTopics;
import io.penstock.control.FakeInstance;
import io.penstock.control.message.ControlMessages;
import io.penstock.localstack.LocalKafka;
import io.penstock.localstack.host.JavaProcess;
import io.penstock.schemas.ModelDecision;
import io.penstock.testkit.Await;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
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

  /** Who waits until it has caught up is told at once, unless it just had. */
  @Test
  void shouldNotBeWaitedForOnceItIsClosed() throws Exception {
    ControlPlane plane = start("a", new FakeInstance(false));

    plane.close();

    try {
      plane.awaitCaughtUp(Duration.ofSeconds(60));
    } catch (ControlPlaneException e) {
      assertThat(e).hasMessageContaining("this instance is being stopped");
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
      assertThat(active(plane)).isEqualTo(1L);
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
      say("{\"pin\":{\"model\":\"digits\",\"version\":9}}");
      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");

      assertThat(audit.await("ACTIVATED 2"))
          .containsSubsequence(
              "REJECTED @1 first byte: 0x70 (expected: '{' of JSON, or 0x00 of Avro in Confluent's"
                  + " framing)",
              "REJECTED @2 promote.version: \"2\" (expected: a whole number)",
              "REJECTED @3 model: digitz (expected: one of digits)",
              "REJECTED @4 command: explode (expected: one promote, rollback, load, unload, pin, unpin,"
                  + " label, pause, resume or abort)",
              "REJECTED @5 no live instance has digits/9 (expected: one of [1])",
              "PREPARE 2 from 1 @6",
              "ACTIVATED 2 from 1 @6");
    }
  }

  @Test
  void shouldHoldVersionsOnEveryInstanceAndAfterARestart() throws Exception {
    FakeInstance instance = new FakeInstance(false, 1, 2, 3);
    try (ControlPlane plane = start("a", instance)) {
      audit.await("ACTIVATED 3");
      say("{\"pin\":{\"model\":\"digits\",\"version\":1}}");
      say("{\"label\":{\"model\":\"digits\",\"label\":\"canary\",\"version\":2}}");
      say("{\"unload\":{\"model\":\"digits\",\"version\":2}}");
      say("{\"promote\":{\"model\":\"digits\",\"label\":\"canary\"}}");

      assertThat(audit.await("ACTIVATED 2"))
          .containsSubsequence(
              "DONE @1 pin 1",
              "DONE @2 label 2 canary",
              "REJECTED @3 digits/2 is what label canary points at; move or delete that first",
              "PREPARE 2 from 3 @4");
      instance.awaitCall("hold [1, 2] without []");
    }
    FakeInstance later = new FakeInstance(false, 1, 2, 3);
    try (ControlPlane plane = start("b", later)) {
      assertThat(later.awaitCall("activate 2@4"))
          .containsExactly("hold [1, 2] without []", "resume 2", "activate 2@4");
    }
  }

  /** Noted once, where it is; the last good state stands, also for who comes later. */
  @Test
  void shouldPassOverGarbageOnEveryTopic() throws Exception {
    ControlTopics topics = ControlTopics.of(service);
    String huge = "x".repeat(900_000);
    try (JavaProcess plane = process("garbage", 1, 0)) {
      audit.await("ACTIVATED 1");
      send(topics.decisions(), "digits", "{not JSON");
      send(topics.decisions(), "/control", "noise");
      send(topics.decisions(), "huge", huge);
      send(
          topics.decisions(),
          "digits",
          "{\"model\":\"digits\",\"phase\":\"PREPARE\",\"epoch\":9,\"time\":0,\"protocolLevel\":1}");
      send(topics.reports(), "nobody/digits", "noise");
      send(topics.reports(), "huge", huge);
      send(topics.reports(), "no slash", null);
      send(topics.audit(), null, "noise");
      say(huge);
      say("{\"promote\":{\"model\":\"" + huge + "\",\"version\":1}}");
      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");

      assertThat(audit.await("ACTIVATED 2"))
          .containsSubsequence("GARBAGE", "PREPARE 2 from 1 @3", "ACTIVATED 2 from 1 @3");
      String log = Files.readString(folder.resolve("garbage.log"));
      for (String topic : List.of(topics.decisions(), topics.reports())) {
        assertThat(log.lines().filter(line -> line.contains(" " + topic + "-0@")))
            .as(topic)
            .hasSizeGreaterThanOrEqualTo(3)
            .allMatch(line -> line.contains("passed over"));
      }
    }
    FakeInstance later = new FakeInstance(false, 1, 2);
    try (ControlPlane plane = start("b", later)) {
      later.awaitCall("activate 2@3");
      say("{\"promote\":{\"model\":\"digits\",\"version\":1}}");
      audit.await("ACTIVATED 1");
    }
  }

  private static void send(String topic, @Nullable String key, @Nullable String value)
      throws Exception {
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", kafka.bootstrapServers()),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      producer.send(new ProducerRecord<>(topic, bytes(key), bytes(value))).get();
    }
  }

  private static byte @Nullable [] bytes(@Nullable String text) {
    return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void shouldWaitForAllInstancesAndContinueWhereAKilledControllerStopped() throws Exception {
    try (JavaProcess first = process("first", 1, 2)) {
      audit.await("ACTIVATED 1");
      FakeInstance instance = new FakeInstance(false, 1);
      try (ControlPlane second = start("second", instance)) {
        second.awaitCaughtUp(Duration.ofSeconds(30));
        assertThat(active(second)).isEqualTo(1L);

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

      assertThat(active(plane)).isEqualTo(2L);
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
      assertThat(active(plane)).isEqualTo(1L);
      kafka.start();

      say("{\"promote\":{\"model\":\"digits\",\"version\":2}}");

      audit.await("ACTIVATED 2");
      assertThat(instance.awaitCall("activate 2@1"))
          .filteredOn(call -> !call.equals("stale") && !call.equals("current"))
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
            "DONE",
            "REJECTED",
            "REJECTED");
    try (Admin admin = admin()) {
      Await.until("the group is empty, and deleted", 30, () -> forgets(admin));
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
    // Grown past what was answered of the former one
    say("{}");
    say("{}");

    CompletableFuture<Throwable> stopped = new CompletableFuture<>();
    try (ControlPlane plane = start("a", new FakeInstance(false, 1), stopped::complete)) {
      assertThat(stopped.get(60, TimeUnit.SECONDS))
          .rootCause()
          .isInstanceOf(ControlPlaneException.class)
          .hasMessageContaining(topics.control() + "-0 was deleted and created again")
          .hasMessageContaining("of which commands up to offset 1 were answered");
      assertThat(active(plane)).isEqualTo(1L);
    }
  }

  /** What was decided would be gone one day. */
  @Test
  void shouldNotStartWhereDecisionsAreNotCompacted() throws Exception {
    ConfigResource decisions =
        new ConfigResource(ConfigResource.Type.TOPIC, ControlTopics.of(service).decisions());
    AlterConfigOp delete =
        new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), AlterConfigOp.OpType.SET);
    try (Admin admin = admin()) {
      admin.incrementalAlterConfigs(Map.of(decisions, List.of(delete))).all().get();
      Await.until("the broker tells of it", 30, () -> cleanup(admin, decisions).equals("delete"));
    }

    assertThatThrownBy(() -> start("a", new FakeInstance(false, 1)))
        .isInstanceOf(ControlPlaneException.class)
        .hasMessageStartingWith(
            "topic %s: cleanup.policy: delete (expected: compact)".formatted(decisions.name()));
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
      String instanceId, FakeInstance instance, ControlPlane.Listener listener) {
    return ControlPlane.start(
        ControlPlaneProcess.settings(kafka.bootstrapServers(), service, instanceId),
        instance,
        ControlMessages.jsonOnly(),
        listener);
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

  private boolean forgets(Admin admin) {
    try {
      admin.deleteConsumerGroups(List.of(service + "-controller")).all().get();
      return true;
    } catch (ExecutionException e) {
      return false;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static String cleanup(Admin admin, ConfigResource topic) {
    try {
      Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
      return config.get("cleanup.policy").value();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError(e);
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

  private static @Nullable Long active(ControlPlane plane) {
    ModelDecision decision = plane.decisions().get(FakeInstance.MODEL);
    return decision == null ? null : decision.getActive();
  }
}
