package io.penstock.codec.deadletter;

import io.penstock.codec.DeadLetterReason;
import io.penstock.model.ServableId;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A record as it came from its topic, and why it has no prediction: what a dead letter is made of.
 * Holds the arrays as they are, without copies.
 *
 * @param version the version that was to predict, or null where none was chosen yet
 * @param message why, for people
 */
@SuppressWarnings("ArrayRecordComponent") // Carries a record's bytes and is compared with nothing.
public record RefusedRecord(
    String pipeline,
    @Nullable ServableId version,
    DeadLetterReason reason,
    String message,
    String topic,
    int partition,
    long offset,
    long timestamp,
    byte @Nullable [] key,
    byte @Nullable [] value,
    Headers headers) {

  /** Which record, and why: its bytes are not printed. */
  @Override
  public String toString() {
    return reason + " " + topic + "-" + partition + "@" + offset + ": " + message;
  }
}
