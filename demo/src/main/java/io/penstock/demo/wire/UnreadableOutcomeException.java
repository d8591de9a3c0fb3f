package io.penstock.demo.wire;

import org.apache.kafka.clients.consumer.ConsumerRecord;

/** An outcome that is not as the service's documentation says. */
public final class UnreadableOutcomeException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  UnreadableOutcomeException(ConsumerRecord<byte[], byte[]> record, String what) {
    super("%s-%d@%d %s".formatted(record.topic(), record.partition(), record.offset(), what));
  }
}
