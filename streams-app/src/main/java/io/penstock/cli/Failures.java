package io.penstock.cli;

import io.penstock.cli.shell.ExitCodes;
import io.penstock.config.load.ConfigurationException;
import io.penstock.control.client.UnreachableException;
import io.penstock.replay.ReplayException;
import java.io.PrintWriter;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.errors.TimeoutException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into lines of text and an exit code. */
final class Failures implements IExecutionExceptionHandler {

  private final BooleanSupplier stacktrace;

  /** Failures that show their stack trace where the user asked for it. */
  Failures(BooleanSupplier stacktrace) {
    this.stacktrace = stacktrace;
  }

  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult parsed) {
    PrintWriter err = command.getErr();
    int code = ExitCodes.FAILURE;
    if (failure instanceof ConfigurationException refused) {
      refused.problems().forEach(err::println);
      code = ExitCodes.USAGE;
    } else {
      code = isUnreachable(failure) ? ExitCodes.UNREACHABLE : ExitCodes.FAILURE;
      String message = failure.getMessage();
      err.println("penstock: " + (message == null ? failure.getClass().getSimpleName() : message));
    }
    if (stacktrace.getAsBoolean()) {
      failure.printStackTrace(err);
    }
    return code;
  }

  /** Also when the broker goes away between two answers, or amid a replay. */
  private static boolean isUnreachable(Exception failure) {
    Throwable why = failure;
    while (why instanceof ReplayException && why.getCause() != null) {
      why = why.getCause();
    }
    return why instanceof UnreachableException
        || why instanceof TimeoutException
        || why instanceof java.util.concurrent.TimeoutException;
  }

  /** A command line that cannot be parsed: what is wrong, and where help is. */
  static int usage(ParameterException failure, String[] args) {
    CommandLine command = failure.getCommandLine();
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println("penstock: " + failure.getMessage());
    command.getErr().println("Try: " + name + " --help");
    return ExitCodes.USAGE;
  }
}
