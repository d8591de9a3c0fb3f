package io.penstock.config;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Optional;

/** Where a pipeline begins in a partition for which its group has no committed offset. */
public sealed interface StartFrom {

  /** How it is written. */
  Syntax<StartFrom> SYNTAX =
      Syntax.of("earliest, latest or a time such as 2026-01-31T00:00:00Z", StartFrom::read);

  private static Optional<StartFrom> read(String text) {
    for (End end : End.values()) {
      if (end.toString().equals(text)) {
        return Optional.of(end);
      }
    }
    try {
      return Optional.of(new Time(Instant.parse(text)));
    } catch (DateTimeParseException notTime) {
      return Optional.empty();
    }
  }

  /** Whether a partition without an offset may begin elsewhere than with its first record. */
  default boolean mayPassOverRecords() {
    return this != End.EARLIEST;
  }

  /** One of a partition's two ends. */
  enum End implements StartFrom {
    /** The oldest record that the partition still has. */
    EARLIEST,
    /** What arrives from now on. */
    LATEST;

    @Override
    public String toString() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** The first record whose timestamp is at or after that time. */
  record Time(Instant time) implements StartFrom {
    @Override
    public String toString() {
      return time.toString();
    }
  }
}
