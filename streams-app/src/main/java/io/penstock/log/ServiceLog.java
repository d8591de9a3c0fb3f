package io.penstock.log;

import java.time.Duration;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;

/** What the service asks of its log beside the configuration file. */
public final class ServiceLog {

  private static final Duration REPEATS_WITHIN = Duration.ofMinutes(1);

  /**
   * Logs past the service's own log; held, because the JDK forgets the level of one that is not.
   */
  private static final java.util.logging.Logger GRPC =
      java.util.logging.Logger.getLogger("io.grpc");

  private ServiceLog() {}

  /** From now on gRPC does not warn of each message that a client gets wrong. */
  public static void quietClients() {
    GRPC.setLevel(java.util.logging.Level.SEVERE);
  }

  /** From now on the same warning is written once a minute. To be called once. */
  public static void limitRepeats() {
    if (LogManager.getContext(false) instanceof LoggerContext context) {
      context.getConfiguration().getRootLogger().addFilter(new RepeatFilter(REPEATS_WITHIN));
    }
  }
}
