package io.penstock.model.lifecycle;

import io.penstock.model.RetriableModelException;
import java.time.Duration;

/**
 * How often a load that failed is tried again before whoever waits for the version is told,
 * TensorFlow Serving's {@code max_num_load_retries} and {@code load_retry_interval_micros}. For
 * what passes by itself ({@link RetriableModelException}): a volume that does not answer, memory
 * that another version takes. What a version is made of does not mend itself.
 *
 * <p>After that the load is tried again more and more seldom: after a minute, two, and so on, up to
 * 16.
 *
 * @param count how often; 0: never
 * @param interval the pause before each
 */
public record LoadRetries(int count, Duration interval) {

  /** Whoever waits for a version is told when it fails once. */
  public static final LoadRetries NONE = new LoadRetries(0, Duration.ZERO);

  private static final Duration LONG_REST = Duration.ofMinutes(1);

  private static final int MOST_DOUBLINGS = 4;

  public LoadRetries {
    if (count < 0) {
      throw new IllegalArgumentException("count: " + count + " (expected: 0 or more)");
    }
    if (interval.isNegative()) {
      throw new IllegalArgumentException("interval: " + interval + " (expected: 0 or more)");
    }
  }

  /** Whether after so many failures whoever waits is told. */
  boolean areSpentAfter(int failures) {
    return failures > count;
  }

  /** How long the version rests after so many failures. */
  Duration restAfter(int failures) {
    if (!areSpentAfter(failures)) {
      return interval;
    }
    Duration rest = longRest(failures - count);
    return rest.compareTo(interval) > 0 ? rest : interval;
  }

  /** The first of the rests that grow longer, the second, and so on. */
  static Duration longRest(int number) {
    return LONG_REST.multipliedBy(1L << Math.min(number - 1, MOST_DOUBLINGS));
  }
}
