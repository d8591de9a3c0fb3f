package io.penstock.demo.wire;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The headers by which an outcome says what it is of and what made it. Values are UTF-8 text. Every
 * method throws {@link UnreadableOutcomeException} for a header that is missing or no number.
 */
public final class OutcomeHeaders {

  private static final String INPUT_TOPIC = "penstock-input-topic";
  private static final String INPUT_PARTITION = "penstock-input-partition";
  private static final String INPUT_OFFSET = "penstock-input-offset";
  private static final String MODEL = "penstock-model";
  private static final String VERSION = "penstock-version";
  private static final String FINGERPRINT = "penstock-fingerprint";

  private OutcomeHeaders() {}

  /** The input that a prediction or a dead letter is the outcome of. */
  public static Coordinates input(ConsumerRecord<byte[], byte[]> outcome) {
    return new Coordinates(
        text(outcome, INPUT_TOPIC),
        Math.toIntExact(number(outcome, INPUT_PARTITION)),
        number(outcome, INPUT_OFFSET));
  }

  /** The model version that made a prediction, which must name model and fingerprint too. */
  public static long version(ConsumerRecord<byte[], byte[]> prediction) {
    text(prediction, MODEL);
    text(prediction, FINGERPRINT);
    return number(prediction, VERSION);
  }

  /** A header's text. */
  public static String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new UnreadableOutcomeException(record, "has no header " + name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  private static long number(ConsumerRecord<byte[], byte[]> record, String name) {
    String text = text(record, name);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UnreadableOutcomeException(
          record, "has the header %s: %s (expected: a number)".formatted(name, text));
    }
  }
}
