package io.penstock.cli;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.metrics.MetricReference;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Prints the list of metrics. */
@Command(
    name = "metrics",
    description = "Print every metric there is: type, labels, meaning (Markdown).")
final class MetricsCommand implements Callable<Integer> {

  private final Terminal terminal;

  MetricsCommand(Terminal terminal) {
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    terminal.out().print(MetricReference.markdown());
    terminal.out().flush();
    return ExitCodes.OK;
  }
}
