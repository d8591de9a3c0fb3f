package io.penstock.model.fitness;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * Runs batches and keeps the time. Rests after each for as long as it took, so that warming up
 * takes no more than half of a processor from those who serve meanwhile. Not thread-safe.
 */
final class TimedRuns {

  /** No rest is longer: a slow model would take too long to get warm. */
  private static final long LONGEST_REST_NANOS = 100_000_000;

  private final ServableVersion version;
  private final LongConsumer rest;
  private final long begin = System.nanoTime();
  private int runs;
  private long firstNanos;
  private long lastNanos;

  /**
   * Times the runs of a version.
   *
   * @param rest waits for that many nanoseconds
   */
  TimedRuns(ServableVersion version, LongConsumer rest) {
    this.version = version;
    this.rest = rest;
  }

  ServableVersion version() {
    return version;
  }

  /** Runs a batch; one that fails is not counted. */
  void run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    long start = System.nanoTime();
    version.run(signature, inputs, rows, outputs);
    lastNanos = System.nanoTime() - start;
    if (runs++ == 0) {
      firstNanos = lastNanos;
    }
    rest.accept(Math.min(lastNanos, LONGEST_REST_NANOS));
  }

  WarmUpReport report(int recorded) {
    return new WarmUpReport(
        recorded,
        runs,
        Duration.ofNanos(firstNanos),
        Duration.ofNanos(lastNanos),
        Duration.ofNanos(System.nanoTime() - begin));
  }
}
