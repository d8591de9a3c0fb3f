package io.penstock.cli;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.load.ConfigReference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the reference of the configuration. */
@Command(
    name = "reference",
    description = "Print every key there is: default, values, meaning (Markdown).")
final class ConfigReferenceCommand implements Callable<Integer> {

  private final Terminal terminal;

  ConfigReferenceCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().print(ConfigReference.page());
    terminal.out().flush();
    return ExitCodes.OK;
  }
}
