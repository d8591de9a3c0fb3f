package io.penstock.inference;

/**
 * How batches are run.
 *
 * @param threads runs at the same time
 * @param maxAbandonedThreads how many threads may be left to runs that do not return
 */
public record InferenceSettings(int threads, int maxAbandonedThreads) {

  public InferenceSettings {
    require(threads >= 1, "threads", threads, "1 or more");
    require(maxAbandonedThreads >= 0, "maxAbandonedThreads", maxAbandonedThreads, "0 or more");
  }

  private static void require(boolean holds, String name, Object value, String expected) {
    if (!holds) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }
}
