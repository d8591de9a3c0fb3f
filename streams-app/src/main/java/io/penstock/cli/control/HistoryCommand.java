package io.penstock.cli.control;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.control.client.AuditFeed;
import io.penstock.control.client.ControlClient;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Tells what was asked and decided about a model. */
@Command(
    name = "history",
    description = "Print what was asked and decided about a model, oldest first.")
final class HistoryCommand implements Callable<Integer> {

  @Mixin private final ConnectionOptions connection;

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  @Parameters(paramLabel = "MODEL", description = "The model.")
  private String model = "";

  @Option(
      names = "--cutovers",
      description = "Also the first record of each version, of every partition.")
  private boolean cutovers;

  HistoryCommand(ConnectionOptions connection, Terminal terminal) {
    this.connection = connection;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    AuditPrinter printer = new AuditPrinter(terminal, output, model, cutovers);
    try (ControlClient client = connection.connect();
        AuditFeed audit = client.audit()) {
      audit.readToEnd(printer::print);
    }
    return ExitCodes.OK;
  }
}
