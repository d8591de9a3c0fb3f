package io.penstock.demo.check;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** All that a new read_committed consumer finds in a topic, from its beginning to its end. */
final class CommittedTopic {

  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private CommittedTopic() {}

  /**
   * Reads the topic up to where it ended at the time of the call; partitions in their order. Waits
   * for transactions that are still open there: one that has just been committed is open until the
   * broker has written its marker.
   *
   * @throws IllegalStateException if the end is not reached within 30 seconds without a record
   */
  static void read(
      Map<String, String> broker, String topic, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
    Map<String, Object> settings = new HashMap<>(broker);
    settings.put("client.id", "demo-check");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "none");
    settings.put("enable.auto.commit", "false");
    try (KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream()
              .map(info -> new TopicPartition(topic, info.partition()))
              .toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = ends(broker, partitions);
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!unfinished(consumer, ends).isEmpty()) {
        var records = consumer.poll(POLL);
        records.forEach(reader);
        if (!records.isEmpty()) {
          deadline = System.nanoTime() + PATIENCE.toNanos();
        } else if (System.nanoTime() - deadline > 0) {
          throw new IllegalStateException(
              "No records for %d s before the end of %s"
                  .formatted(PATIENCE.toSeconds(), unfinished(consumer, ends)));
        }
      }
    }
  }

  /** Behind the last records, be they committed yet or not. */
  private static Map<TopicPartition, Long> ends(
      Map<String, String> broker, List<TopicPartition> partitions) {
    try (Admin admin = Admin.create(new HashMap<>(broker))) {
      return admin
          .listOffsets(
              partitions.stream().collect(Collectors.toMap(p -> p, p -> OffsetSpec.latest())))
          .all()
          .toCompletionStage()
          .toCompletableFuture()
          .join()
          .entrySet()
          .stream()
          .collect(Collectors.toMap(Map.Entry::getKey, end -> end.getValue().offset()));
    }
  }

  private static Set<TopicPartition> unfinished(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends) {
    return ends.entrySet().stream()
        .filter(end -> consumer.position(end.getKey()) < end.getValue())
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
