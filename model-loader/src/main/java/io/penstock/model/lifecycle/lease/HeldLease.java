package io.penstock.model.lifecycle.lease;

import java.time.Duration;

/**
 * A lease that is out.
 *
 * @param holder the thread that acquired it; a stream thread's name tells its pipeline
 * @param age for how long it has been out
 */
public record HeldLease(String holder, Duration age) {

  @Override
  public String toString() {
    return "%s for %d s".formatted(holder, age.toSeconds());
  }
}
