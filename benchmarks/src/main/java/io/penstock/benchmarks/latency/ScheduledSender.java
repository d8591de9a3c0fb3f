package io.penstock.benchmarks.latency;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * Sends records at a fixed rate, each with the time at which it was due in a header. Late ones are
 * sent at once. Not thread-safe.
 */
final class ScheduledSender implements AutoCloseable {

  /** The header with the due time: {@link System#nanoTime} of this process, eight bytes. */
  static final String DUE = "due";

  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
  private final KafkaProducer<byte[], byte[]> producer;
  private final String topic;
  private final int partitions;
  private final List<byte[]> values;
  private long sequence;

  ScheduledSender(String bootstrapServers, String topic, int partitions, List<byte[]> values) {
    this.topic = topic;
    this.partitions = partitions;
    this.values = values;
    this.producer =
        new KafkaProducer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "benchmarks-send",
                "linger.ms",
                0,
                "batch.size",
                128 * 1024),
            new ByteArraySerializer(),
            new ByteArraySerializer());
  }

  /**
   * Sends for that long and waits until the broker has it all.
   *
   * @return how many records
   */
  // The callback is told of failures.
  @SuppressWarnings("FutureReturnValueIgnored")
  long send(int perSecond, Duration duration) {
    long count = perSecond * duration.toMillis() / 1000;
    long start = System.nanoTime();
    for (long i = 0; i < count && failure.get() == null; i++) {
      long due = start + i * 1_000_000_000L / perSecond;
      for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
        LockSupport.parkNanos(wait);
      }
      producer.send(
          record(due),
          (metadata, e) -> {
            if (e != null) {
              failure.compareAndSet(null, e);
            }
          });
    }
    producer.flush();
    Exception e = failure.get();
    if (e != null) {
      throw new IllegalStateException("Records could not be sent to " + topic, e);
    }
    return count;
  }

  private ProducerRecord<byte[], byte[]> record(long due) {
    long number = sequence++;
    ProducerRecord<byte[], byte[]> record =
        new ProducerRecord<>(
            topic,
            (int) (number % partitions),
            Long.toString(number).getBytes(StandardCharsets.US_ASCII),
            values.get((int) (number % values.size())));
    record.headers().add(DUE, ByteBuffer.allocate(Long.BYTES).putLong(due).array());
    return record;
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(10));
  }
}
