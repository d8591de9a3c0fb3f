package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import java.util.List;

/** A question and the variants that answer it. */
public interface Suite {

  /** What it is called on the command line. */
  String name();

  /** What it measures, in a line. */
  String summary();

  /** What it compares; nothing is started before a variant is measured. */
  List<Variant> variants(Bench bench);

  /** How often it measures each variant. */
  default int repetitions(Options options) {
    return options.repetitions();
  }

  /** The columns of its table, what counts most first. */
  List<Metric> columns();

  /** What is expected of the results. */
  List<Limit> limits();

  /** Whether the run has failed when a limit is missed; else that is a finding. */
  default boolean mustHold() {
    return false;
  }

  /** What is drawn of the results. */
  List<Plot> plots();
}
