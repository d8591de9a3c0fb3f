package io.penstock.localstack;

import java.util.List;
import java.util.Map;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;

/**
 * The levels of the broker's own loggers in a process that has other things to say: errors only.
 * They are set on the running configuration, so that no test or program needs to carry them in a
 * file; a logger that the file does name keeps what the file says. The clients' loggers are left
 * alone.
 */
final class QuietBroker {

  private static final List<String> LOGGERS =
      List.of(
          "kafka",
          "state.change.logger",
          "org.apache.kafka.controller",
          "org.apache.kafka.coordinator",
          "org.apache.kafka.image",
          "org.apache.kafka.metadata",
          "org.apache.kafka.network",
          "org.apache.kafka.queue",
          "org.apache.kafka.raft",
          "org.apache.kafka.security",
          "org.apache.kafka.server",
          "org.apache.kafka.snapshot",
          "org.apache.kafka.storage",
          "org.apache.kafka.timeline");

  /**
   * Repeats, with a stack trace, each refusal that the client is told anyway and mostly retries.
   */
  private static final String REPLICA_MANAGER = "kafka.server.ReplicaManager";

  private QuietBroker() {}

  static void apply() {
    Map<String, LoggerConfig> configured =
        LoggerContext.getContext(false).getConfiguration().getLoggers();
    LOGGERS.stream()
        .filter(name -> !configured.containsKey(name))
        .forEach(name -> Configurator.setLevel(name, Level.ERROR));
    if (!configured.containsKey(REPLICA_MANAGER)) {
      Configurator.setLevel(REPLICA_MANAGER, Level.OFF);
    }
  }
}
