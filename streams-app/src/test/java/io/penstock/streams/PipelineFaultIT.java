package io.penstock.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.FakeModel;
import io.penstock.config.StartFrom;
import io.penstock.faults.Faults;
import io.penstock.faults.FaultyClients;
import io.penstock.faults.ForwardPath;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.localstack.LocalKafka;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
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
  private static final int FAULTS_PER_PATH = 2;

  private final Faults faults = new Faults();
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

  /**
   * Runs a pipeline under load through one fault after the other, until all inputs are answered.
   */
  private Census runThrough(List<Runnable> arming, boolean exactlyOnce) throws Exception {
    Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead");
    try (Pipeline pipeline = pipeline(exactlyOnce);
        KafkaProducer<byte[], byte[]> producer = producer()) {
      pipeline.ready(new FakeModel(1).binding());
      pipeline.cutOver(1, 0);
      pipeline.start();
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
