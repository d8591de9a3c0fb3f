package io.penstock.pipeline;

import io.penstock.codec.deadletter.RefusedRecord;

/** Writes the envelopes of dead letters. Thread-safe. */
@FunctionalInterface
public interface DeadLetters {

  /**
   * The envelope of a refused record: where it came from, why it was refused, its raw bytes. One
   * that would be larger than {@code maxBytes} carries truncated bytes and their SHA-256 instead.
   */
  byte[] envelope(RefusedRecord record, int maxBytes);
}
