package io.penstock.cli.control;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.config.PenstockConfig;
import io.penstock.config.load.ConfigurationException;
import io.penstock.control.client.ControlClient;
import io.penstock.control.kafka.ClientKeys;
import io.penstock.control.kafka.ControlPlaneSettings;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * Which service is meant and how its broker is reached: by a configuration, or by options that are
 * called as in Kafka's own tools; these come before what the configuration says.
 */
final class ConnectionOptions {

  /** For a broker to answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  @Mixin private final ConfigOption config;

  @Option(
      names = "--bootstrap-server",
      paramLabel = "HOST:PORT",
      description = "Where the cluster is (default: the configuration's).")
  private @Nullable String bootstrapServer;

  @Option(
      names = "--service",
      paramLabel = "NAME",
      description = "The service's name (default: the configuration's).")
  private @Nullable String service;

  @Option(
      names = "--command-config",
      paramLabel = "FILE",
      description = "A properties file with keys for Kafka's clients, such as security.protocol.")
  private @Nullable Path commandConfig;

  @Option(
      names = "--command-property",
      paramLabel = "KEY=VALUE",
      description = "A key for Kafka's clients. Repeatable; comes before the file's.")
  private Map<String, String> commandProperties = new LinkedHashMap<>();

  ConnectionOptions(ConfigOption config) {
    this.config = config;
  }

  /** How to reach a service, and how its instances are told to be live. */
  private record Target(String service, Map<String, Object> kafka, Duration livenessTimeout) {}

  ControlClient connect() {
    Target target = target();
    return ControlClient.connect(target.service, target.kafka, TIMEOUT);
  }

  /** After how long a silence an instance is not counted as live. */
  Duration livenessTimeout() {
    return target().livenessTimeout;
  }

  private Target target() {
    Map<String, Object> kafka = new HashMap<>();
    String name = service;
    Duration liveness = ControlPlaneSettings.LIVENESS_TIMEOUT;
    if (config.isNamed()) {
      PenstockConfig loaded = config.load().config();
      kafka.putAll(ClientKeys.ofControlPlane(loaded.kafka()));
      liveness = loaded.control().livenessTimeout();
      name = service == null ? loaded.service() : service;
    }
    readFile().forEach((key, value) -> kafka.put((String) key, value));
    kafka.putAll(commandProperties);
    if (bootstrapServer != null) {
      kafka.put("bootstrap.servers", bootstrapServer);
    }
    if (name == null || !kafka.containsKey("bootstrap.servers")) {
      throw new ConfigurationException(
          "%s: missing (expected: it, or --config, or the environment variable PENSTOCK_CONFIG)"
              .formatted(name == null ? "--service" : "--bootstrap-server"));
    }
    return new Target(serviceName(name), kafka, liveness);
  }

  private static String serviceName(String text) {
    try {
      return PenstockConfig.SERVICE.parse(text);
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException("--service: " + text + " " + e.getMessage());
    }
  }

  private Properties readFile() {
    Properties properties = new Properties();
    if (commandConfig != null) {
      try (Reader reader = Files.newBufferedReader(commandConfig)) {
        properties.load(reader);
      } catch (IOException e) {
        throw new UncheckedIOException("--command-config: cannot be read: " + e.getMessage(), e);
      }
    }
    return properties;
  }
}
