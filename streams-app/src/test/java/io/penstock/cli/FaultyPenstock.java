package io.penstock.cli;

import io.penstock.cli.shell.Terminal;
import io.penstock.faults.FaultEndpoint;
import io.penstock.faults.FaultyFoundation;
import io.penstock.service.PenstockService;
import io.penstock.service.ServeRun;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/** The command {@code penstock}, whose {@code serve} has faults that are armed over HTTP. */
public final class FaultyPenstock {

  private final FaultyFoundation foundation;

  private FaultyPenstock(FaultyFoundation foundation) {
    this.foundation = foundation;
  }

  public static void main(String[] args) throws IOException {
    int port = Integer.getInteger(FaultEndpoint.PORT);
    FaultyPenstock faulty = new FaultyPenstock(new FaultyFoundation(FaultEndpoint.open(port)));
    Terminal terminal = new Terminal(writer(System.out), writer(System.err));
    System.exit(PenstockMain.run(terminal, System.getenv(), faulty::serve, args));
  }

  private int serve(ServeCommand.Order order, PrintWriter err) throws Exception {
    return ServeRun.run(
        new Checks(order.config(), order.file()).preflight(),
        () ->
            PenstockService.start(
                order.loaded(), new RereadConfig(order.option(), err), foundation),
        order.watched(),
        err);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }
}
