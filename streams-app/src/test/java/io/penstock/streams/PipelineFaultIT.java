package io.penstock.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.FakeModel;
import io.penstock.config.StartFrom;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.localstack.LocalKafka;
import io.penstock.pipeline.ThreadLanes;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Time-outs of the producer, wherever outcomes are forwarded from: two tasks on one stream thread,
 * exactly once, a real broker.
 */
class PipelineFaultIT {

  private static final int PARTITIONS = 2;
  private static final TopicPartition NOWHERE = new TopicPartition("out", 0);
  private static final int FAULTS_PER_PATH = 2;

  /** Where a forward comes from: a method on the stack. */
  private enum ForwardPath {
    PROCESS(".PredictProcessor", "process"),
    POLL(".GuardedConsumer", "poll"),
    HOOK(".PredictProcessor", "beforeCommit");

    private final String type;
    private final String method;

    ForwardPath(String type, String method) {
      this.type = type;
      this.method = method;
    }

    boolean isCurrent() {
      return StackWalker.getInstance()
          .walk(
              frames ->
                  frames.anyMatch(
                      frame ->
                          frame.getClassName().endsWith(type)
                              && frame.getMethodName().equals(method)));
    }
  }

  private final AtomicReference<ForwardPath> armed = new AtomicReference<>();
  private final AtomicBoolean failNextSend = new AtomicBoolean();
  private final Set<Thread> faultedThreads = ConcurrentHashMap.newKeySet();
  private final InferenceThreads inference =
      InferenceThreads.start(new InferenceSettings(1, Duration.ofSeconds(30), 2), reason -> {});
  @TempDir private Path folder;
  private LocalKafka kafka;

  @BeforeEach
  void startBroker() throws Exception {
    kafka = LocalKafka.start(folder);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
      admin
          .createTopics(
              List.of(
                  new NewTopic("in", PARTITIONS, (short) 1),
                  new NewTopic("out", PARTITIONS, (short) 1),
                  new NewTopic("dead", PARTITIONS, (short) 1),
                  new NewTopic("audit", 1, (short) 1)))
          .all()
          .get();
    }
  }

  @AfterEach
  void stopBroker() {
    inference.close();
    kafka.close();
  }

  @Test
  void shouldNeitherLoseNorDuplicateWhenForwardingTimesOut() throws Exception {
    try (Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead");
        Pipeline pipeline = pipeline();
        KafkaProducer<byte[], byte[]> producer = producer()) {
      pipeline.ready(new FakeModel(1).binding());
      pipeline.cutOver(1, 0);
      pipeline.start();
      long sent = 0;
      for (int round = 0; round < FAULTS_PER_PATH; round++) {
        for (ForwardPath path : ForwardPath.values()) {
          long seen = census.update().outcomes();
          armed.set(path);
          // Under load until the fault has struck and the pipeline works again.
          while (armed.get() != null || census.update().outcomes() < seen + 100) {
            for (int i = 0; i < 20; i++) {
              producer.send(record(sent++));
            }
            LockSupport.parkNanos(3_000_000);
          }
        }
      }
      producer.flush();
      long all = sent;
      Await.until(
          "an outcome for each of " + all + " records",
          60,
          () -> census.update().answered() >= all);

      assertThat(census.lost()).as("%s", census).isZero();
      assertThat(census.duplicated()).as("%s", census).isZero();
      assertThat(census.disorder()).isEmpty();
    }
    assertThat(faultedThreads)
        .as("every fault ended a thread of its own")
        .hasSize(FAULTS_PER_PATH * ForwardPath.values().length);
  }

  /**
   * What a real time-out does: the send is accepted, fails later in its callback, and Streams
   * throws that at whichever task of the thread forwards next. Without transactions nothing else
   * stops the thread from going on past a record.
   */
  @Test
  void shouldLoseNothingWhenASendFailsAfterItWasAccepted() throws Exception {
    try (Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead");
        Pipeline pipeline = pipeline(false);
        KafkaProducer<byte[], byte[]> producer = producer()) {
      pipeline.ready(new FakeModel(1).binding());
      pipeline.cutOver(1, 0);
      pipeline.start();
      long sent = 0;
      for (int round = 0; round < 5; round++) {
        long seen = census.update().answered();
        failNextSend.set(true);
        while (failNextSend.get() || census.update().answered() < seen + 500) {
          for (int i = 0; i < 20; i++) {
            producer.send(record(sent++));
          }
          LockSupport.parkNanos(3_000_000);
        }
      }
      producer.flush();
      long all = sent;
      Await.until(
          "an outcome for each of " + all + " records",
          60,
          () -> census.update().answered() >= all);

      assertThat(census.lost()).as("%s", census).isZero();
    }
  }

  private Pipeline pipeline() {
    return pipeline(true);
  }

  private Pipeline pipeline(boolean exactlyOnce) {
    return new Pipeline(
        new Pipeline.Definition(
            "numbers",
            "in",
            "out",
            "dead",
            "audit",
            new BatchLimits(64, Duration.ofMillis(5), 256, 1 << 20),
            ByteBudget.unlimited(),
            (record, maxBytes) -> record.message().getBytes(UTF_8),
            cutover -> cutover.toString().getBytes(UTF_8)),
        new StreamsSettings(
            "faults-numbers",
            exactlyOnce,
            StartFrom.End.EARLIEST,
            1,
            Map.of("bootstrap.servers", kafka.bootstrapServers(), "state.dir", folder + "/state")),
        inference,
        FaultyClients::new);
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

  private final class FaultyClients extends PipelineClients {

    FaultyClients(ThreadLanes lanes) {
      super("numbers", lanes);
    }

    @Override
    public Producer<byte[], byte[]> getProducer(Map<String, Object> config) {
      return new FaultyProducer(config);
    }
  }

  /** Times out once each time it is armed; the sinks ask it for partitions before each send. */
  private final class FaultyProducer extends KafkaProducer<byte[], byte[]> {

    FaultyProducer(Map<String, Object> config) {
      super(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
      if (failNextSend.compareAndSet(true, false)) {
        TimeoutException failure = new TimeoutException("injected after the send was accepted");
        callback.onCompletion(new RecordMetadata(NOWHERE, -1, -1, -1, -1, -1), failure);
        return CompletableFuture.failedFuture(failure);
      }
      return super.send(record, callback);
    }

    @Override
    public List<PartitionInfo> partitionsFor(String topic) {
      ForwardPath path = armed.get();
      if (path != null && path.isCurrent() && armed.compareAndSet(path, null)) {
        faultedThreads.add(Thread.currentThread());
        throw new TimeoutException("injected on the way from " + path);
      }
      return super.partitionsFor(topic);
    }
  }
}
