package io.penstock.streams;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InferenceThreads;
import io.penstock.config.StartFrom;
import io.penstock.localstack.LocalKafka;
import io.penstock.testkit.Await;
import io.penstock.testkit.Census;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A broker that is away for longer than the producer's delivery time-out: sends that were accepted
 * fail later, in their callbacks, and Streams throws that at whichever task of the thread forwards
 * next. Two tasks on one thread, so that the other one is there to be hit.
 */
class BrokerOutageIT {

  private static final int PARTITIONS = 2;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void shouldLoseNothingWhenSendsFailAfterTheyWereAccepted(boolean exactlyOnce) throws Exception {
    try (LocalKafka kafka = LocalKafka.start(folder.resolve("kafka"));
        InferenceThreads inference = new InferenceThreads(1)) {
      createTopics(kafka);
      try (Census census = new Census(kafka.bootstrapServers(), "in", "out", "dead");
          KafkaProducer<byte[], byte[]> producer = producer(kafka);
          Pipeline pipeline = pipeline(kafka, exactlyOnce, inference)) {
        pipeline.ready(new FakeModel(1).binding());
        pipeline.cutOver(1, 0);
        pipeline.start();
        long sent = 0;
        for (int outage = 0; outage < 2; outage++) {
          long seen = census.update().outcomes();
          while (census.update().outcomes() < seen + 100) {
            sent = send(producer, sent, 20);
            LockSupport.parkNanos(3_000_000);
          }
          sent = send(producer, sent, 2000);
          kafka.stop();
          // Longer than the pipeline's delivery time-out; the records above are on their way.
          long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
          while (System.nanoTime() < end) {
            sent = send(producer, sent, 5);
            LockSupport.parkNanos(20_000_000);
          }
          kafka.start();
        }
        producer.flush();
        long all = sent;
        Await.until(
            "an outcome for each of " + all + " records",
            120,
            () -> census.update().answered() >= all);

        assertThat(census.lost()).as("%s", census).isZero();
        if (exactlyOnce) {
          assertThat(census.duplicated()).as("%s", census).isZero();
          assertThat(census.disorder()).isEmpty();
        }
      }
    }
  }

  private Pipeline pipeline(LocalKafka kafka, boolean exactlyOnce, InferenceThreads inference) {
    return new Pipeline(
        new Pipeline.Definition(
            "numbers",
            "in",
            "out",
            "dead",
            "audit",
            new BatchLimits(64, Duration.ofMillis(5), 256, 1 << 20),
            (record, maxBytes) -> record.message().getBytes(UTF_8),
            cutover -> cutover.toString().getBytes(UTF_8)),
        new StreamsSettings(
            "outage-numbers",
            exactlyOnce,
            StartFrom.End.EARLIEST,
            1,
            Map.of(
                "bootstrap.servers", kafka.bootstrapServers(),
                "state.dir", folder + "/state",
                "producer.request.timeout.ms", "500",
                "producer.delivery.timeout.ms", "1000",
                "producer.max.block.ms", "10000",
                "main.consumer.session.timeout.ms", "6000")),
        inference);
  }

  private static void createTopics(LocalKafka kafka) throws Exception {
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

  private static long send(KafkaProducer<byte[], byte[]> producer, long from, int count) {
    for (long number = from; number < from + count; number++) {
      producer.send(
          new ProducerRecord<>("in", (int) (number % PARTITIONS), null, FakeModel.record(number)));
    }
    return from + count;
  }

  private static KafkaProducer<byte[], byte[]> producer(LocalKafka kafka) {
    return new KafkaProducer<>(
        Map.of("bootstrap.servers", kafka.bootstrapServers()),
        new ByteArraySerializer(),
        new ByteArraySerializer());
  }
}
