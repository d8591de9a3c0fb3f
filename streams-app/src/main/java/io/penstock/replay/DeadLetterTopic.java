package io.penstock.replay;

import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.deadletter.DeadLetterReader;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The dead letters of a topic as they are when it is asked, by a consumer without a group. Not
 * thread-safe.
 */
public final class DeadLetterTopic implements AutoCloseable {

  /** Without a record for so long, the broker is taken for gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final Duration POLL = Duration.ofMillis(500);

  private final String topic;
  private final DeadLetterReader reader;
  private final org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer;

  /**
   * A topic's letters.
   *
   * @param kafka the pipeline's Kafka keys
   */
  public DeadLetterTopic(
      String topic, Map<String, String> kafka, String clientId, DeadLetterReader reader) {
    this(
        topic,
        new KafkaConsumer<>(
            ReplayKeys.ofConsumer(kafka, clientId),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer()),
        reader);
  }

  DeadLetterTopic(
      String topic,
      org.apache.kafka.clients.consumer.Consumer<byte[], byte[]> consumer,
      DeadLetterReader reader) {
    this.topic = topic;
    this.consumer = consumer;
    this.reader = reader;
  }

  /**
   * Goes through all records, in order within a partition.
   *
   * @param strays is told of each record that is no letter: its place, and why it is none
   * @throws ReplayException if there is no such topic
   * @throws TimeoutException if the broker does not answer
   */
  public void forEach(Consumer<StoredLetter> letters, BiConsumer<String, String> strays) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    if (infos == null || infos.isEmpty()) {
      throw new ReplayException("topic " + topic + " is not there (key: dead-letters.topic)");
    }
    List<TopicPartition> partitions =
        infos.stream().map(info -> new TopicPartition(topic, info.partition())).toList();
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Patience patience = new Patience(consumer, PATIENCE);
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
      var polled = consumer.poll(POLL);
      patience.polled(polled.isEmpty(), POLL, () -> ends);
      for (ConsumerRecord<byte[], byte[]> record : polled) {
        long end = ends.getOrDefault(new TopicPartition(topic, record.partition()), 0L);
        if (record.offset() < end) {
          visit(record, letters, strays);
        }
      }
    }
  }

  private void visit(
      ConsumerRecord<byte[], byte[]> record,
      Consumer<StoredLetter> letters,
      BiConsumer<String, String> strays) {
    StoredLetter stored;
    try {
      stored = new StoredLetter(record.partition(), record.offset(), reader.read(record.value()));
    } catch (UndecodableRecordException e) {
      strays.accept(
          StoredLetter.position(record.partition(), record.offset()),
          String.valueOf(e.getMessage()));
      return;
    }
    letters.accept(stored);
  }

  @Override
  public void close() {
    consumer.close();
  }
}
