package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.report.Reading;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One of the things that a suite holds against each other.
 *
 * @param settings what is special about it, for the file of results
 * @param measure measures it once
 */
public record Variant(String name, Map<String, String> settings, Measure measure) {

  public Variant {
    settings = new TreeMap<>(settings);
  }

  /** Measures something once: starts it, watches it, stops it. Bounded in time. */
  @FunctionalInterface
  public interface Measure {

    /**
     * One reading, or one for each point of a sweep.
     *
     * @throws Exception if it failed; the others are measured all the same
     */
    List<Reading> measure(Trial trial) throws Exception;
  }

  /**
   * One go at a variant.
   *
   * @param id a name that no other trial of this run has, for topics and groups
   * @param repetition from 1
   * @param folder for files that are of no use afterwards; exists
   * @param kept for files that stay with the results
   */
  public record Trial(String id, int repetition, Path folder, Path kept) {}
}
