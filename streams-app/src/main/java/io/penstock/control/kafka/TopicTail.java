package io.penstock.control.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * The one partition of a topic, read from its beginning and then as it grows. Not thread-safe, but
 * for {@link #wakeup}.
 */
final class TopicTail implements AutoCloseable {

  private static final Duration POLL = Duration.ofMillis(100);

  private final Consumer<String, byte[]> consumer;
  private final TopicPartition partition;

  TopicTail(Consumer<String, byte[]> consumer, String topic) {
    this.consumer = consumer;
    this.partition = new TopicPartition(topic, 0);
    consumer.assign(List.of(partition));
    consumer.seekToBeginning(List.of(partition));
  }

  /** What has come since the last call; waits for it so long. */
  List<ConsumerRecord<String, byte[]>> poll(Duration timeout) {
    return consumer.poll(timeout).records(partition);
  }

  /**
   * Everything up to what is the end when this is called: with read_committed, the first record of
   * a transaction that is still open.
   *
   * @throws TimeoutException if the end is not reached in time
   */
  List<ConsumerRecord<String, byte[]>> readToEnd(Duration timeout) {
    long startNanos = System.nanoTime();
    long end = consumer.endOffsets(List.of(partition), timeout).getOrDefault(partition, 0L);
    List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
    while (consumer.position(partition, timeout) < end) {
      if (System.nanoTime() - startNanos > timeout.toNanos()) {
        throw new TimeoutException(
            "%s: read up to offset %d (expected: %d) within %s"
                .formatted(partition, consumer.position(partition), end, timeout));
      }
      records.addAll(poll(POLL));
    }
    return records;
  }

  void wakeup() {
    consumer.wakeup();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
