package io.penstock.cli.shell;

import io.penstock.check.Verdict;
import java.io.PrintWriter;
import java.util.List;

/**
 * Where a command writes.
 *
 * @param out the command's result
 * @param err everything else
 */
public record Terminal(PrintWriter out, PrintWriter err) {

  /** Whether somebody looks on, and a line may be written over. */
  @SuppressWarnings(
      "SystemConsoleNull") // 'penstock' sets jdk.console so that it still may be null.
  public static boolean isWatched() {
    return System.console() != null;
  }

  /** Prints verdicts one a line, and gives the exit code that they stand for. */
  public int print(List<Verdict> verdicts) {
    verdicts.forEach(out::println);
    return Verdict.allPass(verdicts) ? ExitCodes.OK : ExitCodes.FAILURE;
  }
}
