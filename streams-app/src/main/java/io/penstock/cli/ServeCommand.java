package io.penstock.cli;

import io.penstock.config.PenstockConfig;
import io.penstock.config.load.EffectiveConfig;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Runs the service. */
@Command(
    name = "serve",
    description = "Serve the configured pipelines until told to stop (SIGTERM, Ctrl-C).")
final class ServeCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;
  private final Service service;

  ServeCommand(ConfigOption config, Terminal terminal, Service service) {
    this.config = config;
    this.terminal = terminal;
    this.service = service;
  }

  /** What serves. */
  @FunctionalInterface
  interface Service {

    /**
     * Serves until told to stop, and gives the exit code.
     *
     * @param file the configuration's file, for messages
     */
    int serve(PenstockConfig config, String file, PrintWriter err) throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    EffectiveConfig loaded = config.load();
    ConfigCheckCommand.warnings(loaded).forEach(terminal.err()::println);
    return service.serve(loaded.config(), config.file(), terminal.err());
  }
}
