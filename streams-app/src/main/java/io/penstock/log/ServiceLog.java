package io.penstock.log;

import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;

/** What the service asks of its log beside the configuration file. */
public final class ServiceLog {

  private static final Duration REPEATS_WITHIN = Duration.ofMinutes(1);

  private ServiceLog() {}

  /** From now on the same warning is written once a minute. To be called once. */
  public static void limitRepeats() {
    if (LogManager.getContext(false) instanceof LoggerContext context) {
      context.getConfiguration().getRootLogger().addFilter(new RepeatFilter(REPEATS_WITHIN));
    }
  }
}
