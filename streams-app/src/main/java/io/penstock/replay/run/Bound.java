package io.penstock.replay.run;

import java.time.Instant;
import java.time.format.DateTimeParseException;

/** A place in every partition of a topic, as an operator names it. */
public sealed interface Bound {

  /** That offset of each partition. */
  record Offset(long offset) implements Bound {
    @Override
    public String toString() {
      return "offset " + offset;
    }
  }

  /** In each partition the first record of that timestamp or a later one. */
  record Time(Instant time) implements Bound {
    @Override
    public String toString() {
      return time.toString();
    }
  }

  /**
   * Reads an offset or a time.
   *
   * @throws IllegalArgumentException whose message is what follows the text in an error
   */
  static Bound parse(String text) {
    if (text.matches("\\d{1,18}")) {
      return new Offset(Long.parseLong(text));
    }
    try {
      return new Time(Instant.parse(text));
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "(expected: an offset, or a time such as 2030-01-31T12:00:00Z)", e);
    }
  }
}
