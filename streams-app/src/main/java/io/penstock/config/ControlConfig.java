package io.penstock.config;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * How this instance takes part in the fleet's promotions.
 *
 * @param heartbeatInterval how often an instance reports that it is alive
 * @param livenessTimeout after how long without a report the controller counts an instance out
 * @param prepareTimeout how long a promotion waits for every instance to be ready
 * @param retainFor how long a version serves records from before the time from which another serves
 * @param stragglers what becomes of such records afterwards
 * @param maxStaleness how long the instance may not know what the fleet has decided
 * @param whenStale what it does then
 */
public record ControlConfig(
    Duration heartbeatInterval,
    Duration livenessTimeout,
    Duration prepareTimeout,
    Duration retainFor,
    Stragglers stragglers,
    Duration maxStaleness,
    WhenStale whenStale) {

  public static final Syntax<Duration> HEARTBEAT_INTERVAL = Syntax.duration(Duration.ofMillis(100));
  public static final Syntax<Duration> LIVENESS_TIMEOUT = Syntax.duration(Duration.ofMillis(300));
  public static final Syntax<Duration> PREPARE_TIMEOUT = Syntax.duration(Duration.ofSeconds(1));
  public static final Syntax<Duration> RETAIN_FOR = Syntax.duration(Duration.ofSeconds(1));
  public static final Syntax<Stragglers> STRAGGLERS = Syntax.choice(List.of(Stragglers.values()));
  public static final Syntax<Duration> MAX_STALENESS = Syntax.duration(Duration.ofSeconds(1));
  public static final Syntax<WhenStale> WHEN_STALE = Syntax.choice(List.of(WhenStale.values()));

  /** What becomes of records whose timestamps ask for a version that serves no more. */
  public enum Stragglers {
    /** The version that is effective next computes them. */
    NEW_VERSION,
    /** They become dead letters. */
    DEAD_LETTER;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** What an instance does that does not know what the fleet has decided lately. */
  public enum WhenStale {
    /** It pauses its pipelines until it does. */
    PAUSE,
    /** It serves on by what it knows. */
    GO_ON;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  public ControlConfig {
    HEARTBEAT_INTERVAL.check("heartbeat-interval", heartbeatInterval);
    LIVENESS_TIMEOUT.check("liveness-timeout", livenessTimeout);
    PREPARE_TIMEOUT.check("prepare-timeout", prepareTimeout);
    RETAIN_FOR.check("retain-for", retainFor);
    MAX_STALENESS.check("max-staleness", maxStaleness);
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
