package io.penstock.benchmarks.latency;

import io.penstock.benchmarks.stack.Topics;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic from its end on, on a thread of its own, and records how long each outcome took
 * from its {@link ScheduledSender#DUE} time. Thread-safe.
 */
final class OutcomeReceiver implements AutoCloseable {

  private static final int START_LIMIT_SECONDS = 30;
  private static final int DIGITS = 3;

  private final Recorder recorder = new Recorder(DIGITS);
  private final AtomicLong received = new AtomicLong();
  private final CountDownLatch listening = new CountDownLatch(1);
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final Thread thread;
  private volatile long countedFrom = System.nanoTime();

  OutcomeReceiver(String bootstrapServers, String topic, int partitions, boolean transactional) {
    consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "benchmarks-receive",
                "auto.offset.reset",
                "latest",
                "isolation.level",
                transactional ? "read_committed" : "read_uncommitted"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> all = Topics.partitions(topic, partitions);
    thread = new Thread(() -> receive(all), "benchmarks-receive");
    thread.setDaemon(true);
    thread.start();
    try {
      if (!listening.await(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("No reading from " + topic);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while starting to read " + topic, e);
    }
  }

  private void receive(List<TopicPartition> partitions) {
    try (consumer) {
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      listening.countDown();
      while (true) {
        for (ConsumerRecord<byte[], byte[]> outcome : consumer.poll(Duration.ofSeconds(1))) {
          record(outcome.headers().lastHeader(ScheduledSender.DUE));
        }
      }
    } catch (WakeupException e) {
      // Told to end.
    }
  }

  private void record(Header header) {
    long due = ByteBuffer.wrap(header.value()).getLong();
    if (due - countedFrom >= 0) {
      recorder.recordValue(Math.max(0, System.nanoTime() - due));
      received.incrementAndGet();
    }
  }

  /** Forgets all, and counts only what is due from now on: stragglers of before are not of it. */
  void countFromNow() {
    countedFrom = System.nanoTime();
    received.set(0);
    recorder.reset();
  }

  /** How many outcomes have come. */
  long received() {
    return received.get();
  }

  /** Their latencies in nanoseconds. */
  Histogram latencies() {
    return recorder.getIntervalHistogram();
  }

  @Override
  public void close() {
    consumer.wakeup();
    try {
      thread.join(Duration.ofSeconds(10).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
