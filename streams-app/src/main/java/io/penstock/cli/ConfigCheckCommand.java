package io.penstock.cli;

import io.penstock.check.Checks;
import io.penstock.config.PenstockConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Checks the configuration against the world. */
@Command(
    name = "check",
    description = "Check the configuration, the models, the broker and the topics.")
final class ConfigCheckCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;

  ConfigCheckCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PenstockConfig loaded = config.load().config();
    return terminal.print(Checks.run(Checks.of(loaded, config.file())));
  }
}
