package io.penstock.benchmarks.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Whether each outcome of a pipeline is of the input after that of the outcome before it, partition
 * by partition, from the first one on: what is not was lost, comes twice, or is out of order. Goes
 * by the header {@code penstock-input}, {@code topic-partition@offset}. Not thread-safe.
 */
public final class OutcomeOrder implements AutoCloseable {

  private static final String INPUT = "penstock-input";
  private static final Duration POLL = Duration.ofSeconds(1);
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private final KafkaConsumer<byte[], byte[]> consumer;
  private final long[] next;
  private long seen;
  private long violations;

  /**
   * Of a topic that no outcome has been removed from yet.
   *
   * @param partitions of the topic, and of the input
   * @param transactional whether only what is committed counts
   */
  public OutcomeOrder(
      String bootstrapServers, String topic, int partitions, boolean transactional) {
    this.next = new long[partitions];
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                bootstrapServers,
                "client.id",
                "benchmarks-order",
                "auto.offset.reset",
                "none",
                "isolation.level",
                transactional ? "read_committed" : "read_uncommitted"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    List<TopicPartition> all = Topics.partitions(topic, partitions);
    consumer.assign(all);
    consumer.seekToBeginning(all);
  }

  /**
   * Reads on until it has seen so many outcomes in all, and waits for those that are still to come.
   */
  public void readUpTo(long outcomes) {
    long deadline = System.nanoTime() + LIMIT.toNanos();
    while (seen < outcomes) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "outcomes: %,d within %d minutes (expected: %,d, one for each input)"
                .formatted(seen, LIMIT.toMinutes(), outcomes));
      }
      for (ConsumerRecord<byte[], byte[]> outcome : consumer.poll(POLL)) {
        Header input = outcome.headers().lastHeader(INPUT);
        long offset = offset(input.value());
        violations += offset == next[outcome.partition()] ? 0 : 1;
        next[outcome.partition()] = offset + 1;
        seen++;
      }
    }
  }

  /** How many outcomes so far were not of the input after the one before. */
  public long violations() {
    return violations;
  }

  private static long offset(byte[] input) {
    long offset = 0;
    long power = 1;
    for (int i = input.length - 1; input[i] != '@'; i--) {
      offset += (input[i] - '0') * power;
      power *= 10;
    }
    return offset;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
