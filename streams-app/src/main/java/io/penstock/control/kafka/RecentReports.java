package io.penstock.control.kafka;

import java.time.Duration;
import java.time.Instant;

/**
 * How far back in the reports to begin: every instance that is live has reported since. There are
 * hours of them, one for each instance, model and heartbeat, before compaction comes.
 */
public final class RecentReports {

  /** So many, since the clocks that reports are dated by may differ by all of them but one. */
  private static final int LIVENESS_TIMEOUTS = 12;

  private RecentReports() {}

  /** When the first report was made that counts. */
  public static Instant since(Instant now, Duration livenessTimeout) {
    return now.minus(livenessTimeout.multipliedBy(LIVENESS_TIMEOUTS));
  }
}
