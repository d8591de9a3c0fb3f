package io.penstock.demo.check;

import io.penstock.demo.wire.Coordinates;
import org.jspecify.annotations.Nullable;

/**
 * A record that came out.
 *
 * @param of the input that it says it is the outcome of
 * @param answer what the model said; null for a dead letter
 */
record Outcome(Coordinates at, Coordinates of, String key, @Nullable Answer answer) {

  /** Which version said which digit. */
  record Answer(long version, long digit) {}
}
