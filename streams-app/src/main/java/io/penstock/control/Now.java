package io.penstock.control;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * One reading of the controller's clocks.
 *
 * @param time for deadlines and the record, in whole milliseconds as messages carry it
 * @param nanos monotonic, for liveness; comparable within one process only
 */
public record Now(Instant time, long nanos) {

  public Now {
    time = time.truncatedTo(ChronoUnit.MILLIS);
  }
}
