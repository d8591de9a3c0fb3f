package io.penstock.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * What became of every record of an input topic, told from the topics alone: by a read_committed
 * consumer of its own and the outcomes' headers. Shares nothing with the service.
 */
public final class Census implements AutoCloseable {

  private final String bootstrapServers;
  private final KafkaConsumer<byte[], byte[]> consumer;
  private final List<TopicPartition> inputPartitions;
  private final List<TopicPartition> outcomePartitions;
  private final String deadLetterTopic;
  private final Map<TopicPartition, Map<Long, Integer>> outcomes = new HashMap<>();
  private final Order all = new Order();
  private final Order firsts = new Order();
  private final Map<String, Long> perVersion = new TreeMap<>();
  private final Consumer<ConsumerRecord<byte[], byte[]>> witness;
  private long read;
  private long deadLetters;

  public Census(
      String bootstrapServers, String inputTopic, String outputTopic, String deadLetterTopic) {
    this(bootstrapServers, inputTopic, outputTopic, deadLetterTopic, outcome -> {});
  }

  /**
   * A census that shows every outcome to somebody.
   *
   * @param witness called once for each outcome
   */
  public Census(
      String bootstrapServers,
      String inputTopic,
      String outputTopic,
      String deadLetterTopic,
      Consumer<ConsumerRecord<byte[], byte[]>> witness) {
    this.bootstrapServers = bootstrapServers;
    this.witness = witness;
    this.consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers", bootstrapServers,
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest",
                "enable.auto.commit", "false"),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    this.deadLetterTopic = deadLetterTopic;
    this.inputPartitions = partitions(inputTopic).toList();
    this.outcomePartitions =
        Stream.concat(partitions(outputTopic), partitions(deadLetterTopic)).toList();
    consumer.assign(outcomePartitions);
    consumer.seekToBeginning(outcomePartitions);
  }

  /**
   * What a census came to.
   *
   * @param answered inputs that have an outcome
   * @param disorder see {@link Census#disorder()}
   * @param disorderOfFirsts see {@link Census#disorderOfFirsts()}
   */
  public record Count(
      long inputs,
      long outcomes,
      long answered,
      long deadLetters,
      List<String> disorder,
      List<String> disorderOfFirsts) {

    public Count {
      disorder = List.copyOf(disorder);
      disorderOfFirsts = List.copyOf(disorderOfFirsts);
    }

    /** Inputs without an outcome. */
    public long lost() {
      return inputs - answered;
    }

    /** Outcomes beyond the first of their input. */
    public long duplicated() {
      return outcomes - answered;
    }

    @Override
    public String toString() {
      return "inputs=%d outcomes=%d deadLetters=%d lost=%d duplicated=%d outOfOrder=%d firstsOutOfOrder=%d"
          .formatted(
              inputs,
              outcomes,
              deadLetters,
              lost(),
              duplicated(),
              disorder.size(),
              disorderOfFirsts.size());
    }
  }

  /** All of it, as it is now. */
  public Count count() {
    return new Count(inputs(), read, answered(), deadLetters, all.breaches, firsts.breaches);
  }

  /** Reads on to where a read_committed consumer can read now. */
  public Census update() {
    Map<TopicPartition, Long> ends = consumer.endOffsets(outcomePartitions);
    while (outcomePartitions.stream().anyMatch(p -> consumer.position(p) < ends.get(p))) {
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(100))) {
        count(record);
      }
    }
    return this;
  }

  /** Records in the input topic now. */
  public long inputs() {
    return consumer.endOffsets(inputPartitions).values().stream().mapToLong(Long::longValue).sum();
  }

  /** Inputs that a consumer group has committed past: an orderly end leaves none behind. */
  public long committed(String group) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return admin
          .listConsumerGroupOffsets(group)
          .partitionsToOffsetAndMetadata()
          .get()
          .values()
          .stream()
          .mapToLong(OffsetAndMetadata::offset)
          .sum();
    } catch (ExecutionException | InterruptedException e) {
      throw new AssertionError("no offsets of " + group, e);
    }
  }

  public long outcomes() {
    return read;
  }

  /** Inputs that have an outcome. */
  public long answered() {
    return outcomes.values().stream().mapToLong(Map::size).sum();
  }

  public long deadLetters() {
    return deadLetters;
  }

  public Map<String, Long> perVersion() {
    return perVersion;
  }

  /** Inputs without an outcome. */
  public long lost() {
    return inputs() - answered();
  }

  /** Outcomes beyond the first of their input. */
  public long duplicated() {
    return read - answered();
  }

  /** Outcomes that come after one of a later input of the same partition, in the same topic. */
  public List<String> disorder() {
    return all.breaches;
  }

  /**
   * First outcomes that come after the first outcome of a later input of the same partition, in the
   * same topic.
   *
   * <p>There are none, whatever the guarantee, however often an owner of the partition crashes, and
   * even while one that was taken for dead still writes. For each owner appends the outcomes of
   * consecutive inputs, beginning at a committed offset, before which every input has its outcome
   * (G1). So those that have one are at any moment the first so many of the partition, and the next
   * first outcome is that of the next input. What can break it is a send that is lost while a later
   * one is not: the producer gives up a batch after {@code delivery.timeout.ms}, the owner dies of
   * it, and its successor fills the gap.
   */
  public List<String> disorderOfFirsts() {
    return firsts.breaches;
  }

  @Override
  public String toString() {
    return "inputs=%d outcomes=%d deadLetters=%d lost=%d duplicated=%d outOfOrder=%d perVersion=%s"
        .formatted(
            inputs(), read, deadLetters, lost(), duplicated(), all.breaches.size(), perVersion);
  }

  private void count(ConsumerRecord<byte[], byte[]> record) {
    OutcomeSource source = OutcomeSource.of(record);
    TopicPartition input = source.input();
    long offset = source.offset();
    read++;
    if (record.topic().equals(deadLetterTopic)) {
      deadLetters++;
    }
    int outcomesOfInput =
        outcomes.computeIfAbsent(input, p -> new HashMap<>()).merge(offset, 1, Integer::sum);
    perVersion.merge(source.version(), 1L, Long::sum);
    all.add(record.topic(), input, offset);
    if (outcomesOfInput == 1) {
      firsts.add(record.topic(), input, offset);
    }
    witness.accept(record);
  }

  /** A header's text; fails if the record lacks it. */
  public static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    if (header == null) {
      throw new AssertionError("no header " + name + " on " + record);
    }
    return new String(header.value(), UTF_8);
  }

  private Stream<TopicPartition> partitions(String topic) {
    return consumer.partitionsFor(topic).stream()
        .map(info -> new TopicPartition(topic, info.partition()));
  }

  @Override
  public void close() {
    consumer.close();
  }

  /** Whether outcomes of one input partition follow each other in its order, in each topic. */
  private static final class Order {
    private final Map<String, Map<TopicPartition, Long>> last = new HashMap<>();
    private final List<String> breaches = new ArrayList<>();

    void add(String topic, TopicPartition input, long offset) {
      Long before = last.computeIfAbsent(topic, t -> new HashMap<>()).put(input, offset);
      if (before != null && before >= offset) {
        breaches.add(topic + ": " + input + "@" + offset + " after " + before);
      }
    }
  }
}
