package io.penstock.demo.wire;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * The headers by which an outcome says what it is of and what made it. Values are UTF-8 text. Every
 * method throws {@link UnreadableOutcomeException} for a header that is missing or not as
 * documented.
 */
public final class OutcomeHeaders {

  private static final String INPUT = "penstock-input";
  private static final Pattern COORDINATES =
      Pattern.compile("(?<topic>.+)-(?<partition>\\d{1,9})@(?<offset>\\d{1,18})");
  private static final String SERVED_BY = "penstock-served-by";
  private static final Pattern SERVER =
      Pattern.compile("pipeline=.+;model=.+;version=(?<version>\\d{1,18});fingerprint=.+");

  private OutcomeHeaders() {}

  /** The input that a prediction or a dead letter is the outcome of. */
  public static Coordinates input(ConsumerRecord<byte[], byte[]> outcome) {
    Matcher input = match(outcome, INPUT, COORDINATES);
    return new Coordinates(
        input.group("topic"),
        Integer.parseInt(input.group("partition")),
        Long.parseLong(input.group("offset")));
  }

  /** The model version that made a prediction. */
  public static long version(ConsumerRecord<byte[], byte[]> prediction) {
    return Long.parseLong(match(prediction, SERVED_BY, SERVER).group("version"));
  }

  /** A header's text. */
  public static String text(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    if (header == null || header.value() == null) {
      throw new UnreadableOutcomeException(record, "has no header " + name);
    }
    return new String(header.value(), StandardCharsets.UTF_8);
  }

  private static Matcher match(
      ConsumerRecord<byte[], byte[]> record, String name, Pattern expected) {
    String text = text(record, name);
    Matcher matcher = expected.matcher(text);
    if (!matcher.matches()) {
      throw new UnreadableOutcomeException(
          record, "has the header %s: %s (expected: %s)".formatted(name, text, expected));
    }
    return matcher;
  }
}
