package io.penstock.cli;

import io.penstock.check.Verdict;
import java.io.PrintWriter;
import java.util.List;

/**
 * Where a command writes.
 *
 * @param out the command's result
 * @param err everything else
 */
record Terminal(PrintWriter out, PrintWriter err) {

  /** Prints verdicts one a line, and gives the exit code that they stand for. */
  int print(List<Verdict> verdicts) {
    verdicts.forEach(out::println);
    return Verdict.allPass(verdicts) ? ExitCodes.OK : ExitCodes.FAILURE;
  }
}
