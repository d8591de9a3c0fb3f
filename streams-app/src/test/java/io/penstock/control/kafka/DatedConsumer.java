package io.penstock.control.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A consumer in memory that says which record was the first since a time. Not thread-safe. */
final class DatedConsumer extends MockConsumer<String, byte[]> {

  /** By time, the first offset since then; a time that is not here is later than all records. */
  final Map<Long, Long> firstSince = new HashMap<>();

  DatedConsumer() {
    super("earliest");
  }

  @Override
  public synchronized Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
      Map<TopicPartition, Long> times) {
    Map<TopicPartition, @Nullable OffsetAndTimestamp> found = new HashMap<>();
    times.forEach(
        (partition, time) -> {
          Long offset = firstSince.get(time);
          found.put(partition, offset == null ? null : new OffsetAndTimestamp(offset, time));
        });
    return found;
  }
}
