package io.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What became of every record of an input topic, told from the topics alone: by read_committed
 * consumers of its own and the outcomes' headers. Shares nothing with the service.
 */
public final class Census {

  private final Map<TopicPartition, Long> inputs = new HashMap<>();
  private final Map<TopicPartition, Map<Long, Integer>> outcomes = new HashMap<>();
  private final Map<String, Long> perVersion = new TreeMap<>();
  private final List<String> disorder = new ArrayList<>();
  private long deadLetters;

  private Census() {}

  /** Reads all three topics from the beginning to their present ends. */
  public static Census take(
      String bootstrapServers, String inputTopic, String outputTopic, String deadLetterTopic) {
    Census census = new Census();
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
      census.inputs.putAll(consumer.endOffsets(partitions(consumer, inputTopic)));
      census.read(consumer, outputTopic);
      census.deadLetters = census.read(consumer, deadLetterTopic);
    }
    return census;
  }

  /** Outcomes that a read_committed consumer sees now, up to the last stable offset. */
  public static long committedOutcomes(String bootstrapServers, String... topics) {
    long count = 0;
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(bootstrapServers)) {
      for (String topic : topics) {
        List<TopicPartition> partitions = partitions(consumer, topic);
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
          count += consumer.poll(Duration.ofMillis(100)).count();
        }
      }
    }
    return count;
  }

  public long inputs() {
    return inputs.values().stream().mapToLong(Long::longValue).sum();
  }

  public long outcomes() {
    return outcomes.values().stream()
        .flatMap(counts -> counts.values().stream())
        .mapToLong(Integer::longValue)
        .sum();
  }

  public long deadLetters() {
    return deadLetters;
  }

  public Map<String, Long> perVersion() {
    return perVersion;
  }

  /** Inputs without an outcome. */
  public long lost() {
    long found = outcomes.values().stream().mapToLong(Map::size).sum();
    return inputs() - found;
  }

  /** Outcomes beyond the first of their input. */
  public long duplicated() {
    return outcomes() - outcomes.values().stream().mapToLong(Map::size).sum();
  }

  /** Outcomes that come after one of a later input of the same partition, in the same topic. */
  public List<String> disorder() {
    return disorder;
  }

  @Override
  public String toString() {
    return "inputs="
        + inputs()
        + " outcomes="
        + outcomes()
        + " deadLetters="
        + deadLetters
        + " lost="
        + lost()
        + " duplicated="
        + duplicated()
        + " outOfOrder="
        + disorder.size()
        + " perVersion="
        + perVersion;
  }

  private long read(KafkaConsumer<byte[], byte[]> consumer, String topic) {
    List<TopicPartition> partitions = partitions(consumer, topic);
    consumer.assign(partitions);
    consumer.seekToBeginning(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Map<TopicPartition, Long> last = new HashMap<>();
    long count = 0;
    while (partitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        count++;
        count(record, last);
      }
    }
    return count;
  }

  private void count(ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, Long> last) {
    TopicPartition input =
        new TopicPartition(
            header(record, "penstock-input-topic"),
            Integer.parseInt(header(record, "penstock-input-partition")));
    long offset = Long.parseLong(header(record, "penstock-input-offset"));
    outcomes.computeIfAbsent(input, p -> new HashMap<>()).merge(offset, 1, Integer::sum);
    perVersion.merge(header(record, "penstock-version"), 1L, Long::sum);
    Long before = last.put(input, offset);
    if (before != null && before >= offset) {
      disorder.add(record.topic() + ": " + input + "@" + offset + " after " + before);
    }
  }

  public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    if (header == null) {
      throw new AssertionError("no header " + name + " on " + record);
    }
    return new String(header.value(), UTF_8);
  }

  private static List<TopicPartition> partitions(
      KafkaConsumer<byte[], byte[]> consumer, String topic) {
    return consumer.partitionsFor(topic).stream()
        .map((PartitionInfo info) -> new TopicPartition(topic, info.partition()))
        .collect(Collectors.toList());
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String bootstrapServers) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest",
            "enable.auto.commit", "false"),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer());
  }
}
