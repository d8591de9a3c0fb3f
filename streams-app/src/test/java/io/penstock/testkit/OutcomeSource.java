package io.penstock.testkit;

import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Which input an outcome is of, and what served it: by its headers, read as a user's consumer would
 * read them.
 */
public record OutcomeSource(
    TopicPartition input,
    long offset,
    String pipeline,
    String model,
    String version,
    String fingerprint) {

  /** The version of a dead letter that none was chosen for, and its fingerprint. */
  public static final String NONE = "none";

  private static final Pattern INPUT = Pattern.compile("(.+)-(\\d+)@(\\d+)");
  private static final Pattern SERVED_BY =
      Pattern.compile("pipeline=(.+?);model=([^;]+)(?:;version=(\\d+);fingerprint=(.+))?");

  /** Fails if a header is missing or not as documented. */
  public static OutcomeSource of(ConsumerRecord<byte[], byte[]> outcome) {
    Matcher input = matched(INPUT, outcome, "penstock-input");
    Matcher servedBy = matched(SERVED_BY, outcome, "penstock-served-by");
    return new OutcomeSource(
        new TopicPartition(input.group(1), Integer.parseInt(input.group(2))),
        Long.parseLong(input.group(3)),
        servedBy.group(1),
        servedBy.group(2),
        Objects.requireNonNullElse(servedBy.group(3), NONE),
        Objects.requireNonNullElse(servedBy.group(4), NONE));
  }

  private static Matcher matched(
      Pattern pattern, ConsumerRecord<byte[], byte[]> outcome, String name) {
    String text = Census.header(outcome, name);
    Matcher matcher = pattern.matcher(text);
    if (!matcher.matches()) {
      throw new AssertionError(name + ": " + text + " (expected: " + pattern + ")");
    }
    return matcher;
  }

  @Override
  public String toString() {
    return input + "@" + offset;
  }
}
