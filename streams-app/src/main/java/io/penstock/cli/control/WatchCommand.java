package io.penstock.cli.control;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.cli.shell.Terminal;
import io.penstock.control.client.AuditFeed;
import io.penstock.control.client.ControlClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows what is decided and what becomes of it. */
@Command(
    name = "watch",
    description = "Print every decision, rejection and cutover from now on, until Ctrl-C.")
final class WatchCommand implements Callable<Integer> {

  private static final Duration POLL = Duration.ofMillis(200);

  @Mixin private final ConnectionOptions connection;

  @Mixin private final OutputOption output = new OutputOption();

  private final Terminal terminal;

  @Parameters(arity = "0..1", paramLabel = "MODEL", description = "Only what is about this model.")
  private @Nullable String model;

  @Option(names = "--from-beginning", description = "Print what has been before, too.")
  private boolean fromBeginning;

  @Option(
      names = "--duration",
      paramLabel = "DURATION",
      description = "End after that time (default: never).")
  private @Nullable String duration;

  WatchCommand(ConnectionOptions connection, Terminal terminal) {
    this.connection = connection;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    long startNanos = System.nanoTime();
    long nanos =
        duration == null ? Long.MAX_VALUE : Order.duration("--duration", duration).toNanos();
    AuditPrinter printer = new AuditPrinter(terminal, output, model, true);
    try (ControlClient client = connection.connect();
        AuditFeed audit = fromBeginning ? client.audit() : client.auditFromNow()) {
      while (System.nanoTime() - startNanos < nanos && !terminal.out().checkError()) {
        audit.poll(POLL).forEach(printer::print);
      }
    }
    return ExitCodes.OK;
  }
}
