package io.penstock.codec;

import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came from its topic, as far as rows may be made of it. It has a value: what
 * becomes of records without one is the pipeline's affair ({@code input.tombstones}). Holds the
 * arrays as they are, without copies; nobody changes them.
 *
 * @param timestamp in milliseconds since the epoch, as Kafka has it
 */
@SuppressWarnings("ArrayRecordComponent") // Carries a record's bytes and is compared with nothing.
public record InputRecord(
    String topic, long timestamp, byte @Nullable [] key, byte[] value, Headers headers) {

  /** Where it came from, and how long it is: its bytes are not printed. */
  @Override
  public String toString() {
    return topic + ": " + value.length + " bytes";
  }
}
