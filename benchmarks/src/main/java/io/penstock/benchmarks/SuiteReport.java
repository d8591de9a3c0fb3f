package io.penstock.benchmarks;

import io.penstock.benchmarks.report.Environment;
import io.penstock.benchmarks.report.Measurement;
import io.penstock.benchmarks.report.ResultFile;
import io.penstock.benchmarks.report.ResultTable;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.report.Verdict;
import io.penstock.benchmarks.suite.Suite;
import io.penstock.benchmarks.suite.Variant;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a run of a suite came to, for whoever waits and for later. */
record SuiteReport(Suite suite, List<Variant> variants, Results results, Environment environment) {

  /** More than that of other work, and figures are those of the other work too. */
  private static final double QUIET_CORES = 0.2;

  /** Writes the file of results and the plots into a folder. */
  void write(Path folder) {
    Map<String, Map<String, String>> settings = new LinkedHashMap<>();
    variants.forEach(variant -> settings.put(variant.name(), variant.settings()));
    new ResultFile(suite.name(), environment, settings, results, verdicts())
        .write(folder.resolve(ResultFile.NAME));
    suite.plots().forEach(plot -> plot.draw(results, folder));
  }

  /** Prints the tables, where they were measured, and what went wrong. */
  void print(PrintStream out) {
    out.printf("%n%s%n", ResultTable.of(results, suite.columns()));
    if (!suite.limits().isEmpty()) {
      out.printf("%n%s%n", ResultTable.of(verdicts()));
    }
    out.printf(
        "%n%s, %d cores, %s, commit %s%n",
        environment.processor(), environment.cores(), environment.java(), environment.commit());
    if (results.busyCores() > QUIET_CORES) {
      out.printf(
          "The machine was not quiet: up to %.1f of %d cores were busy before a measurement"
              + " (expected: %.1f or less). Do not trust these figures.%n",
          results.busyCores(), environment.cores(), QUIET_CORES);
    }
    results.failures().forEach(failure -> complain(out, failure));
  }

  /** Whether no limit is missed. */
  boolean holds() {
    return verdicts().stream().noneMatch(verdict -> verdict.word() == Verdict.Word.MISSED);
  }

  private List<Verdict> verdicts() {
    return suite.limits().stream().map(limit -> limit.judge(results)).toList();
  }

  private static void complain(PrintStream out, Measurement failure) {
    out.printf(
        "%n%s, repetition %d, FAILED: %s%n",
        failure.variant(), failure.repetition(), failure.failure().orElse(""));
  }
}
