package io.penstock.streams;

import io.penstock.pipeline.ThreadLane;
import io.penstock.pipeline.ThreadLanes;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.streams.errors.StreamsException;

/**
 * A stream thread's main consumer, which also gives the thread its time to forward outcomes, with
 * four guards. Offsets are committed with the {@linkplain InputIdentity id of their topic}. An
 * offset out of range is an error of its own instead of an occasion to reset (Streams treats it
 * like a partition that never had an offset). When partitions are lost the thread's rows are
 * dropped before Streams closes the tasks, since somebody else computes them now. A thread that
 * failed leaves the group, so that its partitions do not wait for it.
 *
 * <p>Not thread-safe, like every consumer: the stream thread's own.
 */
final class GuardedConsumer extends KafkaConsumer<byte[], byte[]> {

  private final String pipeline;
  private final ThreadLanes lanes;

  GuardedConsumer(String pipeline, Map<String, Object> config, ThreadLanes lanes) {
    super(config, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    this.pipeline = pipeline;
    this.lanes = lanes;
  }

  /**
   * Does what is due before and after waiting for records. While records wait for their outcomes it
   * waits for these instead, a millisecond at a time, and looks for new records in between.
   */
  @Override
  public ConsumerRecords<byte[], byte[]> poll(Duration timeout) {
    ThreadLane lane = lanes.current();
    if (lane.wantsWaiting()) {
      tellWhatWaits(lane);
    }
    lane.work();
    if (!lane.isPending()) {
      return fetch(lane.idlePoll(timeout));
    }
    ConsumerRecords<byte[], byte[]> records = fetch(Duration.ZERO);
    if (!records.isEmpty() || !records.nextOffsets().isEmpty() || timeout.isZero()) {
      return records;
    }
    lane.rest();
    lane.work();
    return fetch(Duration.ZERO);
  }

  /**
   * What the brokers' last answers said of the partitions that they have said anything of. Waits
   * for nobody.
   */
  private void tellWhatWaits(ThreadLane lane) {
    Set<TopicPartition> known = new HashSet<>();
    long records = 0;
    for (TopicPartition partition : assignment()) {
      OptionalLong lag = currentLag(partition);
      if (lag.isPresent()) {
        known.add(partition);
        records += lag.getAsLong();
      }
    }
    lane.waiting(known, records);
  }

  private ConsumerRecords<byte[], byte[]> fetch(Duration timeout) {
    try {
      ConsumerRecords<byte[], byte[]> records = super.poll(timeout);
      lanes.current().polled();
      tellWhatWasRead(records);
      return records;
    } catch (OffsetOutOfRangeException e) {
      throw new InputLostException(
          "pipeline "
              + pipeline
              + ": offsets out of range: "
              + e.offsetOutOfRangePartitions()
              + ". The input topic was cut (retention), recreated, or lost data. Nothing was"
              + " skipped. Decide where to go on, then set it with kafka-consumer-groups.sh"
              + " --reset-offsets --group "
              + groupMetadata().groupId()
              + " and start the pipeline again",
          e);
    }
  }

  /** Streams processes nothing of it before this thread returns to it. */
  private void tellWhatWasRead(ConsumerRecords<byte[], byte[]> records) {
    long largest = Long.MIN_VALUE;
    for (ConsumerRecord<byte[], byte[]> record : records) {
      largest = Math.max(largest, record.timestamp());
    }
    if (!records.isEmpty()) {
      lanes.horizon().read(largest);
    }
  }

  @Override
  public void subscribe(Collection<String> topics, ConsumerRebalanceListener listener) {
    super.subscribe(topics, new DropsLost(listener));
  }

  @Override
  public void subscribe(Pattern pattern, ConsumerRebalanceListener listener) {
    super.subscribe(pattern, new DropsLost(listener));
  }

  /**
   * Leaves the group when the thread has failed or its pipeline stops. Streams closes the consumer
   * as if it came back, and its partitions would rest until {@code session.timeout.ms}.
   */
  @Override
  public void close(CloseOptions options) {
    if (lanes.areStopped() || lanes.current().isDropped()) {
      options.withGroupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP);
    }
    super.close(options);
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets) {
    super.commitSync(InputIdentity.of(lanes).stamp(offsets));
  }

  @Override
  public void commitSync(Map<TopicPartition, OffsetAndMetadata> offsets, Duration timeout) {
    super.commitSync(InputIdentity.of(lanes).stamp(offsets), timeout);
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    return InputIdentity.unstamp(super.committed(partitions));
  }

  @Override
  public Map<TopicPartition, OffsetAndMetadata> committed(
      Set<TopicPartition> partitions, Duration timeout) {
    return InputIdentity.unstamp(super.committed(partitions, timeout));
  }

  private final class DropsLost implements ConsumerRebalanceListener {

    private final ConsumerRebalanceListener streams;

    DropsLost(ConsumerRebalanceListener streams) {
      this.streams = streams;
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
      lanes
          .current()
          .drop(new StreamsException("partitions lost, their rows are dropped: " + partitions));
      streams.onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
      streams.onPartitionsRevoked(partitions);
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
      streams.onPartitionsAssigned(partitions);
    }
  }
}
