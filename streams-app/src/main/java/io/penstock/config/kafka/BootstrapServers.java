package io.penstock.config.kafka;

import org.apache.kafka.common.config.ConfigException;

/** What Kafka's clients make of {@code bootstrap.servers}. */
public final class BootstrapServers {

  /** From {@code org.apache.kafka.clients.ClientUtils}, which has no type of its own for it. */
  private static final String UNRESOLVED = "No resolvable bootstrap urls";

  private BootstrapServers() {}

  /**
   * Whether a client could not be made since no name of a broker resolves. To Kafka that is wrong
   * configuration; where clients were made before, it passes when names are resolved again.
   */
  public static boolean areUnresolved(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConfigException
          && String.valueOf(cause.getMessage()).startsWith(UNRESOLVED)) {
        return true;
      }
    }
    return false;
  }
}
