package io.penstock.model.lifecycle;

import java.time.Duration;

/**
 * How often a load that failed is tried again before the version counts as failed, TensorFlow
 * Serving's {@code max_num_load_retries} and {@code load_retry_interval_micros}. For what passes by
 * itself: a volume that does not answer, memory that another version has not given back yet.
 *
 * @param count how often; 0: never
 * @param interval the pause before each
 */
public record LoadRetries(int count, Duration interval) {

  /** A version that fails once has failed. */
  public static final LoadRetries NONE = new LoadRetries(0, Duration.ZERO);

  public LoadRetries {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: 0 or more)");
    }
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval: " + interval + " (expected: 0 or more)");
    }
  }
}
