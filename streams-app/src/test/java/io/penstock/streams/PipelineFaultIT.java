package io.penstock.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.Batch;
import io.penstock.batching.BatchLimits;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.config.StartFrom;
import io.penstock.faults.Faults;
import io.penstock.faults.FaultyClients;
import io.penstock.faults.ForwardPath;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.localstack.LocalKafka;
import io.penstock.pipeline.Tombstones;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import io.penstock.testkit.TestStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.KafkaStreams;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Time-outs of the producer, wherever outcomes are forwarded from, sends that fail, and members of
 * the group that come back: two tasks on one stream thread, a real broker.
 */
class PipelineFaultIT {

  private static final int PARTITIONS = 2;
  private static final int FAULTS_PER_PATH = 2;
  private static final String GROUP = "faults-numbers";

  private final Faults faults = new Faults();
  private final InferenceThreads inference =
      InferenceThreads.start(new InferenceSettings(1, 2), reason -> {});
  @TempDir private Path folder;
  private LocalKafka kafka;

  @BeforeEach
  void startBroker() {
    kafka = LocalKafka.start(folder);
    TestStack.createTopics(
        kafka.bootstrapServers(),
        new NewTopic("in", PARTITIONS, (short) 1),
        new NewTopic("out", PARTITIONS, (short) 1),
        new NewTopic("dead", PARTITIONS, (short) 1),
        new NewTopic("audit", 1, (short) 1));
  }

  @AfterEach
  void stopBroker() {
    inference.close();
    kafka.close();
  }

  @Test
  void shouldNeitherLoseNorDuplicateWhenForwardingTimesOut() throws Exception {
    List<Runnable> timeouts = new ArrayList<>();
    for (int round = 0; round < FAULTS_PER_PATH; round++) {
      for (ForwardPath path : ForwardPath.values()) {
        timeouts.add(() -> faults.timeOut(path));
      }
    }
    try (Census census = runThrough(timeouts, true)) {
      assertThat(census.lost()).as("%s", census).isZero();
      assertThat(census.duplicated()).as("%s", census).isZero();
      assertThat(census.disorder()).isEmpty();
    }
    assertThat(faults.timedOutThreads())
        .as("every fault ended a thread of its own")
        .hasSize(timeouts.size());
  }

  /**
   * What a real time-out does: the send is accepted, fails later in its callback, and Streams
   * throws that at whichever task of the thread forwards next. Without transactions nothing else
   * stops the thread from going on past a record.
   */
  @Test
  void shouldLoseNothingWhenASendFailsAfterItWasAccepted() throws Exception {
    try (Census census = runThrough(Collections.nCopies(5, faults::failSend), false)) {
      assertThat(census.lost()).as("%s", census).isZero();
    }
  }

  /** Two tasks' sends fail in one flush: Streams keeps and throws only the last failure. */
  @Test
  void shouldLoseNothingWhenSendsOfTwoTasksFailTogether() throws Exception {
    Runnable arming = () -> faults.failFlush(Set.of(0, 1));
    try (Census census = runThrough(Collections.nCopies(3, arming), false)) {
      assertThat(census.lost()).as("%s", census).isZero();
    }
  }

  /** Streams replaces a thread once, and goes on without it if that fails. */
  @Test
  void shouldGoOnThoughASuccessorOfAThreadCannotBeMadeAtFirst() throws Exception {
    Runnable arming =
        () -> {
          faults.failConsumers(2);
          faults.failSend();
        };
    try (Census census = runThrough(Collections.nCopies(2, arming), true)) {
      assertThat(census.lost()).as("%s", census).isZero();
      assertThat(census.duplicated()).as("%s", census).isZero();
    }
  }

  /** A failure that is met only when the pipeline stops: the task's offset stays where it was. */
  @Test
  void shouldCommitNothingPastAFailureThatTheStopMeets() throws Exception {
    try (Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead");
        KafkaProducer<byte[], byte[]> producer = producer()) {
      try (Pipeline pipeline = pipeline(false)) {
        serve(pipeline);
        for (long i = 0; i < 100; i++) {
          producer.send(record(i));
        }
        Await.until("the first records are answered", 30, () -> census.update().answered() >= 100);
        faults.failFlush(Set.of(0, 1));
        for (long i = 100; i < 200; i++) {
          producer.send(record(i));
        }
        producer.flush();
        Await.until("the sends failed", 30, faults::haveStruckOutcomes);
      }
      try (Pipeline pipeline = pipeline(false)) {
        serve(pipeline);
        Await.until(
            () -> "an outcome for each of 200 records: " + census,
            60,
            () -> census.update().answered() >= 200);
      }
    }
  }

  @Test
  void shouldKeepItsPlaceInTheGroupAsAStaticMemberAlone() throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = producer();
        Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead")) {
      for (String instance : List.of("", "instance-1")) {
        long before = census.update().answered();
        try (Pipeline pipeline = pipeline(true, instance)) {
          serve(pipeline);
          for (long i = before; i < before + 100; i++) {
            producer.send(record(i));
          }
          Await.until("records are answered", 30, () -> census.update().answered() == before + 100);
        }
        assertThat(members()).hasSize(instance.isEmpty() ? 0 : 1);
      }
      // The same member, sooner than its session is over.
      try (Pipeline pipeline = pipeline(true, "instance-1")) {
        serve(pipeline);
        producer.send(record(200));
        Await.until("the record is answered", 30, () -> census.update().answered() == 201);
        assertThat(members()).hasSize(1);
      }
      assertThat(census.duplicated()).isZero();
    }
  }

  @Test
  void shouldProcessNothingThatIsHeldBackUntilItIsReleased() throws Exception {
    long from = System.currentTimeMillis() + 60_000;
    try (Pipeline pipeline = pipeline(true);
        KafkaProducer<byte[], byte[]> producer = producer();
        Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead")) {
      serve(pipeline);
      assertThat(pipeline.holdBack(from)).as("nothing was read yet").isTrue();
      producer.send(new ProducerRecord<>("in", 0, from - 1, null, FakeModel.record(1)));
      Await.until("the earlier record is answered", 30, () -> census.update().answered() == 1);

      producer.send(new ProducerRecord<>("in", 0, from, null, FakeModel.record(2)));
      producer.send(new ProducerRecord<>("in", 1, from - 1, null, FakeModel.record(3)));

      Await.until("it waits", 30, () -> pipeline.state() == Pipeline.State.PAUSED);
      assertThat(pipeline.holdBack(from)).as("a record was read").isFalse();
      pipeline.release();
      Await.until("all are answered", 30, () -> census.update().answered() == 3);
      assertThat(census.duplicated()).isZero();
    }
  }

  @Test
  void shouldReadPartitionsThatAreAddedFromTheirBeginning() throws Exception {
    try (Pipeline pipeline = pipeline(true);
        KafkaProducer<byte[], byte[]> producer = producer()) {
      serve(pipeline);
      try (Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead")) {
        producer.send(record(0));
        Await.until("a record is answered", 30, () -> census.update().answered() == 1);
      }
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        admin.createPartitions(Map.of("in", NewPartitions.increaseTo(PARTITIONS + 1))).all().get();
      }

      try (KafkaProducer<byte[], byte[]> later = producer()) {
        later.send(new ProducerRecord<>("in", PARTITIONS, null, FakeModel.record(1)));
      }

      try (Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead")) {
        Await.until("both are answered", 60, () -> census.update().answered() == 2);
        assertThat(census.lost()).isZero();
      }
    }
  }

  @Test
  void shouldCloseWhatItHasMadeWhereItCannotStart() throws Exception {
    List<KafkaStreams> runs = new ArrayList<>();
    try (Pipeline pipeline = pipeline(false)) {
      pipeline.onRun(
          run -> {
            runs.add(run);
            throw new IllegalStateException("a defect of who listens");
          });

      serve(pipeline);

      assertThat(pipeline.state()).isEqualTo(Pipeline.State.HALTED);
      assertThat(pipeline.stopReason()).hasValue("cannot start: a defect of who listens");
      assertThat(runs)
          .singleElement()
          .satisfies(run -> assertThat(run.state()).isEqualTo(KafkaStreams.State.NOT_RUNNING));
    }
  }

  @Test
  void shouldSayThatItHasNotLeftYetAndLeaveWhenAskedAgain() throws Exception {
    Queue<Batch> held = new LinkedBlockingQueue<>();
    try (Pipeline pipeline = pipeline(false, "", held::add);
        KafkaProducer<byte[], byte[]> producer = producer()) {
      serve(pipeline);
      producer.send(record(1)).get();
      Await.until("its batch is computed", 60, () -> !held.isEmpty());

      assertThatThrownBy(() -> pipeline.leave(Duration.ofMillis(1)))
          .isInstanceOf(TimeoutException.class)
          .hasMessageStartingWith("it has not drained and left its group within PT0.001S");
      held.forEach(inference::submit);

      pipeline.leave(Duration.ofSeconds(60));
      assertThat(members()).isEmpty();
    }
  }

  private Collection<MemberDescription> members() throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      return admin.describeConsumerGroups(List.of(GROUP)).all().get().get(GROUP).members();
    }
  }

  private static void serve(Pipeline pipeline) throws InterruptedException {
    pipeline.ready(new FakeModel(1).binding());
    pipeline.cutOver(ActiveVersions.all(1, 0));
    pipeline.start();
  }

  /**
   * Runs a pipeline under load through one fault after the other, until all inputs are answered.
   */
  private Census runThrough(List<Runnable> arming, boolean exactlyOnce) throws Exception {
    Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead");
    try (Pipeline pipeline = pipeline(exactlyOnce);
        KafkaProducer<byte[], byte[]> producer = producer()) {
      serve(pipeline);
      long sent = 0;
      for (Runnable arm : arming) {
        long seen = census.update().answered();
        arm.run();
        // Until the fault has struck and the pipeline works again.
        while (!faults.haveStruckOutcomes() || census.update().answered() < seen + 500) {
          for (int i = 0; i < 20; i++) {
            producer.send(record(sent++));
          }
          LockSupport.parkNanos(3_000_000);
        }
      }
      producer.flush();
      long all = sent;
      Await.until(
          () -> "an outcome for each of " + all + " records: " + census,
          60,
          () -> census.update().answered() >= all);
    }
    return census;
  }

  private Pipeline pipeline(boolean exactlyOnce) {
    return pipeline(exactlyOnce, "");
  }

  /**
   * @param instance of a static member; empty: none
   */
  private Pipeline pipeline(boolean exactlyOnce, String instance) {
    return pipeline(exactlyOnce, instance, inference);
  }

  private Pipeline pipeline(boolean exactlyOnce, String instance, Inference computing) {
    Map<String, String> kafkaKeys = new HashMap<>();
    kafkaKeys.put("bootstrap.servers", kafka.bootstrapServers());
    kafkaKeys.put("state.dir", folder + "/state");
    kafkaKeys.put("main.consumer.metadata.max.age.ms", "1000");
    if (!instance.isEmpty()) {
      kafkaKeys.put("main.consumer.group.instance.id", instance);
    }
    return new Pipeline(
        new Pipeline.Definition(
            "numbers",
            "in",
            "out",
            "dead",
            "audit",
            "control",
            Tombstones.DEAD_LETTER,
            false,
            new BatchLimits(64, Duration.ofMillis(5), 256, 1 << 20),
            InFlightBudget.unlimited(),
            (record, maxBytes) -> record.message().getBytes(UTF_8),
            cutover -> cutover.toString().getBytes(UTF_8)),
        new StreamsSettings(GROUP, exactlyOnce, StartFrom.End.EARLIEST, 1, kafkaKeys),
        computing,
        lanes -> new FaultyClients("numbers", lanes, faults));
  }

  private static ProducerRecord<byte[], byte[]> record(long number) {
    return new ProducerRecord<>("in", (int) (number % PARTITIONS), null, FakeModel.record(number));
  }

  private KafkaProducer<byte[], byte[]> producer() {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
