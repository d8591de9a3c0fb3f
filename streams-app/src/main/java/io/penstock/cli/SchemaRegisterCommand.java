package io.penstock.cli;

import io.penstock.check.Verdict;
import io.penstock.config.PenstockConfig;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** Registers the schemas of predictions and dead letters. */
@Command(
    name = "register",
    description = "Register the schemas of the predictions and dead letters of every pipeline.")
final class SchemaRegisterCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;
  private final Function<PenstockConfig, List<Verdict>> registration;

  SchemaRegisterCommand(
      ConfigOption config,
      Terminal terminal,
      Function<PenstockConfig, List<Verdict>> registration) {
    this.config = config;
    this.terminal = terminal;
    this.registration = registration;
  }

  @Override
  public Integer call() {
    return terminal.print(registration.apply(config.load().config()));
  }
}
