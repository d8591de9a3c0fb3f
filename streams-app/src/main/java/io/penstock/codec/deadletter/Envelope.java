package io.penstock.codec.deadletter;

import io.penstock.schemas.DeadLetter;

/** How a dead letter is written. Thread-safe. */
interface Envelope {

  /** A letter's bytes. */
  byte[] write(DeadLetter letter);

  /** The most bytes that a character takes within a text, which is UTF-8 otherwise. */
  int textBytes(int codePoint);

  /** How many raw bytes go into that much room of a truncated letter. */
  int rawBytes(int room);
}
