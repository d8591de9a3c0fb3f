package io.penstock.streams;

import java.time.Instant;

/** Where a pipeline starts when its group has no committed offset for the input topic yet. */
public sealed interface StartFrom {

  /** With the earliest record that the topic holds. */
  record Earliest() implements StartFrom {}

  /** With the first record produced after the pipeline's first start. */
  record Latest() implements StartFrom {}

  /** With the first record whose timestamp is at or after that time. */
  record Time(Instant time) implements StartFrom {}
}
