package io.penstock.pipeline;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.TimestampExtractor;

/**
 * A record's own timestamp; for one without, the largest its partition has had. Streams' default
 * would fail the task on a record without a timestamp, and skipping it would lose the record.
 */
final class InputTimestamps implements TimestampExtractor {

  @Override
  public long extract(ConsumerRecord<Object, Object> record, long partitionTime) {
    return of(record.timestamp(), partitionTime);
  }

  /**
   * The same.
   *
   * @param timestamp negative: none
   * @param partitionTime the largest that the partition has had; negative: none
   */
  static long of(long timestamp, long partitionTime) {
    return timestamp >= 0 ? timestamp : Math.max(0, partitionTime);
  }
}
