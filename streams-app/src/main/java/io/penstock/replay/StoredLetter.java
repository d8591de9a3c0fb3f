package io.penstock.replay;

import io.penstock.schemas.DeadLetter;

/** A dead letter where it lies in its topic. */
public record StoredLetter(int partition, long offset, DeadLetter letter) {

  /** {@code partition@offset}, as {@link LetterChoice} reads it. */
  public String position() {
    return position(partition, offset);
  }

  static String position(int partition, long offset) {
    return partition + "@" + offset;
  }
}
