package io.penstock.cli;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import io.penstock.config.load.EffectiveConfig;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Runs the service. */
@Command(
    name = "serve",
    description = "Serve the configured pipelines until told to stop (SIGTERM, Ctrl-C).")
final class ServeCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  @Option(
      names = "--reload-on-change",
      description =
          "Reload the configuration when its file has changed, as penstock reload and SIGHUP do.")
  private boolean reloadOnChange;

  private final Terminal terminal;
  private final Service service;

  ServeCommand(ConfigOption config, Terminal terminal, Service service) {
    this.config = config;
    this.terminal = terminal;
    this.service = service;
  }

  /**
   * What is to be served.
   *
   * @param loaded the configuration to start with
   * @param option what names its file
   * @param reloadOnChange whether to reload it when the file has changed
   */
  record Order(EffectiveConfig loaded, ConfigOption option, boolean reloadOnChange) {

    PenstockConfig config() {
      return loaded.config();
    }

    /** The file's name, for messages. */
    String file() {
      return option.file();
    }

    /** The file to look at, if it is to be reloaded when it has changed. */
    Optional<Path> watched() {
      return reloadOnChange ? Optional.of(Path.of(file())) : Optional.empty();
    }
  }

  /** What serves. */
  @FunctionalInterface
  interface Service {

    /** Serves until told to stop, and gives the exit code. */
    int serve(Order order, PrintWriter err) throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    EffectiveConfig loaded = config.load();
    ConfigCheckCommand.warnings(loaded).forEach(terminal.err()::println);
    return service.serve(new Order(loaded, config, reloadOnChange), terminal.err());
  }
}
