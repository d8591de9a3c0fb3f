package io.penstock.benchmarks.stack;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The topics of a broker: made, and removed once they are of no more use. Thread-safe. */
public final class Topics implements AutoCloseable {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private static final RecordsToDelete UP_TO_THE_END = RecordsToDelete.beforeOffset(-1);

  private final Admin admin;

  Topics(String bootstrapServers) {
    this.admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }

  /** Makes a topic and waits until the broker answers for each partition, which takes a moment. */
  public void create(String topic, int partitions) {
    try {
      get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1))).all());
      Map<TopicPartition, OffsetSpec> ends =
          partitions(topic, partitions).stream()
              .collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest()));
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (!answers(ends)) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("The broker does not answer for topic " + topic);
        }
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException("The broker does not make topic " + topic, e.getCause());
    }
  }

  /** Removes topics, those that are not there included. */
  public void delete(List<String> topics) {
    for (String topic : topics) {
      try {
        get(admin.deleteTopics(List.of(topic)).all());
      } catch (ExecutionException e) {
        if (!(e.getCause() instanceof UnknownTopicOrPartitionException)) {
          throw new IllegalStateException("The broker does not remove " + topic, e.getCause());
        }
      }
    }
  }

  /** Removes the records that are in a topic now. */
  public void truncate(String topic, int partitions) {
    Map<TopicPartition, RecordsToDelete> all =
        partitions(topic, partitions).stream()
            .collect(Collectors.toMap(p -> p, p -> UP_TO_THE_END));
    try {
      get(admin.deleteRecords(all).all());
    } catch (ExecutionException e) {
      throw new IllegalStateException(
          "The broker does not remove the records of " + topic, e.getCause());
    }
  }

  /** The partitions of a topic. */
  public static List<TopicPartition> partitions(String topic, int partitions) {
    return IntStream.range(0, partitions).mapToObj(p -> new TopicPartition(topic, p)).toList();
  }

  private boolean answers(Map<TopicPartition, OffsetSpec> ends) throws ExecutionException {
    try {
      get(admin.listOffsets(new HashMap<>(ends)).all());
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RetriableException) {
        return false;
      }
      throw e;
    }
  }

  private static void get(KafkaFuture<?> future) throws ExecutionException {
    try {
      future.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new IllegalStateException("The broker does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while waiting for the broker", e);
    }
  }

  @Override
  public void close() {
    admin.close(LIMIT);
  }
}
