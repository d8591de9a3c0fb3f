package io.penstock.cli;

import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Registers the schemas of predictions and dead letters. */
@Command(
    name = "register",
    description = "Register the schemas of the predictions and dead letters of every pipeline.")
final class SchemaRegisterCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;

  SchemaRegisterCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PenstockConfig loaded = config.load().config();
    return terminal.print(new Checks(loaded, config.file()).registerSchemas());
  }
}
