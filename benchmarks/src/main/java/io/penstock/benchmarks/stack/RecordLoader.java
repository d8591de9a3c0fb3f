package io.penstock.benchmarks.stack;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** Fills a topic as fast as the broker takes it. */
public final class RecordLoader {

  private RecordLoader() {}

  /**
   * Writes that many records, the values in turn, the keys ascending numbers, the partitions in
   * turn, and waits until the broker has them all.
   */
  // The callback is told of failures.
  @SuppressWarnings("FutureReturnValueIgnored")
  public static void load(
      String bootstrapServers, String topic, int partitions, long count, List<byte[]> values) {
    AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers",
            bootstrapServers,
            "linger.ms",
            10,
            "batch.size",
            128 * 1024,
            "buffer.memory",
            64L * 1024 * 1024);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long i = 0; i < count && failure.get() == null; i++) {
        producer.send(
            new ProducerRecord<>(
                topic,
                (int) (i % partitions),
                Long.toString(i).getBytes(StandardCharsets.US_ASCII),
                values.get((int) (i % values.size()))),
            (metadata, e) -> {
              if (e != null) {
                failure.compareAndSet(null, e);
              }
            });
      }
    }
    Exception e = failure.get();
    if (e != null) {
      throw new IllegalStateException("Records could not be loaded into " + topic, e);
    }
  }
}
