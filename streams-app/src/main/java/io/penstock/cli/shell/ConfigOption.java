package io.penstock.cli.shell;

import io.penstock.config.kafka.OAuthAccess;
import io.penstock.config.load.ConfigLoader;
import io.penstock.config.load.ConfigurationException;
import io.penstock.config.load.EffectiveConfig;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option that names the configuration's file, with PENSTOCK_CONFIG as its default. */
public final class ConfigOption {

  private final Map<String, String> environment;

  @Option(
      names = {"-c", "--config"},
      paramLabel = "FILE",
      description = "The configuration (default: the file that PENSTOCK_CONFIG names).")
  private @Nullable Path file;

  /** The option, in a process with that environment. */
  public ConfigOption(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
  }

  /**
   * Loads the file, and allows Kafka's clients in this process to ask for tokens where it says.
   *
   * @throws ConfigurationException if none was named or it has problems
   */
  public EffectiveConfig load() {
    EffectiveConfig loaded = ConfigLoader.ofProcess(environment).load(Path.of(file()));
    OAuthAccess.allow(loaded.config());
    return loaded;
  }

  /** Whether a file was named, on the command line or in the environment. */
  public boolean isNamed() {
    return !named().isBlank();
  }

  private String named() {
    return file == null ? environment.getOrDefault("PENSTOCK_CONFIG", "") : file.toString();
  }

  /** The file's name as it was given. */
  public String file() {
    String named = named();
    if (named.isBlank()) {
      throw new ConfigurationException(
          "--config: missing (expected: a file, or the environment variable PENSTOCK_CONFIG)");
    }
    return named;
  }
}
