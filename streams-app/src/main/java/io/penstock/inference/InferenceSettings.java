package io.penstock.inference;

import java.time.Duration;

/**
 * How batches are run.
 *
 * @param threads runs at the same time
 * @param runTimeout how long a model may take for one run before it is given up on
 * @param maxAbandonedThreads how many threads may be left to runs that do not return
 */
public record InferenceSettings(int threads, Duration runTimeout, int maxAbandonedThreads) {

  public InferenceSettings {
    require(threads >= 1, "threads", threads, "1 or more");
    require(runTimeout.toNanos() > 0, "runTimeout", runTimeout, "more than 0");
    require(maxAbandonedThreads >= 0, "maxAbandonedThreads", maxAbandonedThreads, "0 or more");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
