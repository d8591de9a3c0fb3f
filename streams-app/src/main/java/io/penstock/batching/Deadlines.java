package io.penstock.batching;

import java.time.Duration;

/**
 * How long a pipeline can wait: a commit for all that is under way, and the pipeline for one run.
 *
 * @param commit after how long a commit that waits for its rows has failed
 * @param commitKey the setting that bounds that
 * @param run after how long a run is given up on: sooner than a commit that waits for it fails, so
 *     that it is known what the commit failed for
 * @param runKey the setting that bounds a run
 */
public record Deadlines(Duration commit, String commitKey, Duration run, String runKey) {

  /**
   * The deadlines of a pipeline. A run has three quarters of what a commit has at most: the rest is
   * for what went by in the transaction before the run began.
   *
   * @param runTimeout {@code inference.run-timeout}
   */
  public static Deadlines of(Duration commit, String commitKey, Duration runTimeout) {
    Duration run = commit.multipliedBy(3).dividedBy(4);
    return runTimeout.compareTo(run) <= 0
        ? new Deadlines(commit, commitKey, runTimeout, "inference.run-timeout")
        : new Deadlines(commit, commitKey, run, commitKey);
  }
}
