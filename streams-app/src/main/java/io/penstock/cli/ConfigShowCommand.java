package io.penstock.cli;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Prints the effective configuration. */
@Command(
    name = "show",
    description = "Print every key, its value and where it came from; secrets are masked.")
final class ConfigShowCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;

  ConfigShowCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().println(config.load().show());
    return ExitCodes.OK;
  }
}
