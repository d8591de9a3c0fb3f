package io.penstock.replay.run;

import io.penstock.pipeline.ReplayProcessor;
import io.penstock.pipeline.Serving;
import io.penstock.replay.Patience;
import io.penstock.replay.ReplayException;
import io.penstock.replay.timeline.PartitionRange;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads ranges of a topic, has each record computed by what a plan says, and writes the outcomes.
 * What is in memory at a time is a fetch and what the pipeline may have in flight. Not thread-safe:
 * one thread, one run.
 */
public final class ReplayRun {

  /** Without a record for so long, the broker is taken for gone. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final Duration POLL = Duration.ofMillis(200);

  /** While records wait for their outcomes, records are waited for but shortly. */
  private static final Duration SHORT_POLL = Duration.ofMillis(2);

  private static final Duration WAIT = Duration.ofMillis(50);

  private final String topic;
  private final Consumer<byte[], byte[]> consumer;
  private final PlannedServing plan;
  private final ReplayProcessor processor;
  private final OutcomeTransactions outcomes;
  private final Progress progress;

  /** What computes the record at an offset of a partition. */
  @FunctionalInterface
  public interface PlannedServing {
    Serving at(int partition, long offset);
  }

  /** Hears how far a run is. */
  @FunctionalInterface
  public interface Progress {

    /**
     * So much is read.
     *
     * @param offsets that are behind it, of all there are
     */
    void at(long offsets, long all);
  }

  /**
   * A run that has not begun.
   *
   * @param consumer belongs to no group; it fails where records are gone
   * @param progress told after every poll
   */
  public ReplayRun(
      String topic,
      Consumer<byte[], byte[]> consumer,
      PlannedServing plan,
      ReplayProcessor processor,
      OutcomeTransactions outcomes,
      Progress progress) {
    this.topic = topic;
    this.consumer = consumer;
    this.plan = plan;
    this.processor = processor;
    this.outcomes = outcomes;
    this.progress = progress;
  }

  /**
   * Carries it out; when it returns, every outcome is committed.
   *
   * @throws ReplayException if it fails midway, with what is committed and what to do
   */
  public void over(List<PartitionRange> ranges) {
    try {
      read(ranges);
      drain();
    } catch (RuntimeException e) {
      throw outcomes.failed(e);
    }
  }

  private void read(List<PartitionRange> ranges) {
    Map<TopicPartition, PartitionRange> left = new HashMap<>();
    ranges.stream()
        .filter(range -> range.length() > 0)
        .forEach(range -> left.put(new TopicPartition(topic, range.partition()), range));
    long length = ranges.stream().mapToLong(PartitionRange::length).sum();
    consumer.assign(left.keySet());
    left.forEach((partition, range) -> consumer.seek(partition, range.from()));
    Patience patience = new Patience(consumer, PATIENCE);
    while (!left.isEmpty()) {
      Duration pause = processor.isIdle() ? POLL : SHORT_POLL;
      var polled = consumer.poll(pause);
      patience.polled(polled.isEmpty(), pause, () -> ends(left));
      for (ConsumerRecord<byte[], byte[]> record : polled) {
        take(record, left);
      }
      processor.work();
      outcomes.commitIfDue();
      leaveThoseAtTheirEnd(left);
      progress.at(length - left.entrySet().stream().mapToLong(this::rest).sum(), length);
    }
  }

  private static Map<TopicPartition, Long> ends(Map<TopicPartition, PartitionRange> ranges) {
    return ranges.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, range -> range.getValue().until()));
  }

  private void take(
      ConsumerRecord<byte[], byte[]> record, Map<TopicPartition, PartitionRange> left) {
    PartitionRange range = left.get(new TopicPartition(topic, record.partition()));
    if (range == null || record.offset() >= range.until()) {
      return;
    }
    while (processor.isFull()) {
      processor.await(WAIT);
      outcomes.commitIfDue();
    }
    processor.process(record, plan.at(record.partition(), record.offset()));
  }

  /** By the position, which also passes over what is no record. */
  private void leaveThoseAtTheirEnd(Map<TopicPartition, PartitionRange> left) {
    if (left.entrySet().removeIf(entry -> rest(entry) == 0)) {
      consumer.assign(left.keySet());
    }
  }

  private long rest(Map.Entry<TopicPartition, PartitionRange> entry) {
    return Math.max(0, entry.getValue().until() - consumer.position(entry.getKey()));
  }

  private void drain() {
    processor.sealAll();
    while (!processor.isIdle()) {
      processor.await(WAIT);
      outcomes.commitIfDue();
    }
    outcomes.commit();
  }
}
