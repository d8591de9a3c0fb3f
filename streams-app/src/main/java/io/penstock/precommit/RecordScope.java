package io.penstock.precommit;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.streams.processor.internals.ProcessorRecordContext;

/**
 * The context of an input record, kept beyond its {@code process} call: outcomes are forwarded
 * under it. Immutable.
 */
public final class RecordScope {

  private final ProcessorRecordContext context;

  RecordScope(ProcessorRecordContext context) {
    this.context = context;
  }

  /** The scope of a record that was read without Kafka Streams. */
  public static RecordScope of(ConsumerRecord<?, ?> record) {
    return new RecordScope(
        new ProcessorRecordContext(
            record.timestamp(),
            record.offset(),
            record.partition(),
            record.topic(),
            record.headers()));
  }

  /** The input record's topic. */
  public String topic() {
    return context.topic();
  }

  /** The input record's partition. */
  public int partition() {
    return context.partition();
  }

  /** The input record's offset. */
  public long offset() {
    return context.offset();
  }

  ProcessorRecordContext context() {
    return context;
  }

  @Override
  public String toString() {
    return topic() + "-" + partition() + "@" + offset();
  }
}
