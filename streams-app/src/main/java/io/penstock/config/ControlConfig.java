package io.penstock.config;

import java.time.Duration;

/**
 * How this instance takes part in the fleet's promotions.
 *
 * @param heartbeatInterval how often an instance reports that it is alive
 * @param livenessTimeout after how long without a report the controller counts an instance out
 * @param prepareTimeout how long a promotion waits for every instance to be ready
 */
public record ControlConfig(
    Duration heartbeatInterval, Duration livenessTimeout, Duration prepareTimeout) {

  public static final Syntax<Duration> HEARTBEAT_INTERVAL = Syntax.duration(Duration.ofMillis(100));
  public static final Syntax<Duration> LIVENESS_TIMEOUT = Syntax.duration(Duration.ofMillis(300));
  public static final Syntax<Duration> PREPARE_TIMEOUT = Syntax.duration(Duration.ofSeconds(1));

  public ControlConfig {
    HEARTBEAT_INTERVAL.check("heartbeat-interval", heartbeatInterval);
    LIVENESS_TIMEOUT.check("liveness-timeout", livenessTimeout);
    PREPARE_TIMEOUT.check("prepare-timeout", prepareTimeout);
    if (livenessTimeout.compareTo(heartbeatInterval.multipliedBy(3)) < 0) {
      throw new IllegalArgumentException(
          "liveness-timeout: "
              + livenessTimeout.toMillis()
              + "ms (expected: at least 3 × heartbeat-interval: "
              + heartbeatInterval.multipliedBy(3).toMillis()
              + "ms)");
    }
  }
}
