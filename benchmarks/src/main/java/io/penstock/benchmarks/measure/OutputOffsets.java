package io.penstock.benchmarks.measure;

import io.penstock.benchmarks.stack.Topics;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * How many records a topic holds, by its partitions' end offsets. With transactions these are the
 * offsets up to which a {@code read_committed} consumer reads, and count a marker for each
 * transaction and partition too: one in a thousand at 100 ms a transaction. Not thread-safe.
 */
public final class OutputOffsets implements AutoCloseable {

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> partitions;

  /** Watches a topic that exists. */
  public OutputOffsets(
      String bootstrapServers, String topic, int partitions, boolean transactional) {
    this.partitions = Topics.partitions(topic, partitions);
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "benchmarks-watch",
                "isolation.level",
                transactional ? "read_committed" : "read_uncommitted"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
  }

  /** How many there are now. */
  public long count() {
    return consumer.endOffsets(partitions).values().stream().mapToLong(Long::longValue).sum();
  }

  @Override
  public void close() {
    consumer.close();
  }
}
