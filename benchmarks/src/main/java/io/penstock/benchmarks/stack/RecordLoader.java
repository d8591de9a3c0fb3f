package io.penstock.benchmarks.stack;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Fills a topic as fast as the broker takes it: the values in turn, the keys ascending numbers, the
 * partitions in turn. Not thread-safe.
 */
public final class RecordLoader implements AutoCloseable {

  private static final Duration TRANSACTION_LIMIT = Duration.ofMinutes(15);

  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;

  private RecordLoader(Map<String, Object> settings, String topic) {
    this.producer =
        new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
    this.topic = topic;
  }

  /** Writes that many records and waits until the broker has them all. */
  public static void load(
      String bootstrapServers, String topic, int partitions, long count, List<byte[]> values) {
    try (RecordLoader loader = new RecordLoader(settings(bootstrapServers), topic)) {
      loader.send(partitions, count, values);
    }
  }

  /**
   * Writes that many records in a transaction that is open until {@link #commit}: whoever reads
   * committed records finds all of them then, and none before.
   */
  public static RecordLoader hold(
      String bootstrapServers, String topic, int partitions, long count, List<byte[]> values) {
    Map<String, Object> settings = settings(bootstrapServers);
    settings.put("transactional.id", "benchmarks-" + topic);
    settings.put("transaction.timeout.ms", (int) TRANSACTION_LIMIT.toMillis());
    RecordLoader loader = new RecordLoader(settings, topic);
    try {
      loader.producer.initTransactions();
      loader.producer.beginTransaction();
      loader.send(partitions, count, values);
      return loader;
    } catch (RuntimeException e) {
      loader.close();
      throw e;
    }
  }

  private static Map<String, Object> settings(String bootstrapServers) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("bootstrap.servers", bootstrapServers);
    settings.put("linger.ms", 10);
    settings.put("batch.size", 128 * 1024);
    settings.put("buffer.memory", 64L * 1024 * 1024);
    return settings;
  }

  // The callback is told of failures.
  @SuppressWarnings("FutureReturnValueIgnored")
  private void send(int partitions, long count, List<byte[]> values) {
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
    producer.flush();
    Exception e = failure.get();
    if (e != null) {
      throw new IllegalStateException("Records could not be loaded into " + topic, e);
    }
  }

  /** Lets the records be read. */
  public void commit() {
    producer.commitTransaction();
  }

  @Override
  public void close() {
    producer.close();
  }
}
