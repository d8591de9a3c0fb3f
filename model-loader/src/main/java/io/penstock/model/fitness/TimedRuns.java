package io.penstock.model.fitness;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.ServableVersion;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Runs batches and keeps the time. Rests after each for as long as it took, so that warming up
 * takes no more than half of a processor from those who serve meanwhile. Not thread-safe.
 */
final class TimedRuns {

  /** No rest is longer: a slow model would take too long to get warm. */
  private static final long LONGEST_REST_NANOS = 100_000_000;

  private final ServableVersion version;
  private final LongSupplier nanoTime;
  private final LongConsumer rest;
  private final long begin;
  private final List<WarmUpReport.Size> sizes = new ArrayList<>();
  private int runs;
  private long firstNanos;

  /**
   * Times the runs of a version.
   *
   * @param nanoTime a monotonic clock such as {@link System#nanoTime}
   * @param rest waits for that many nanoseconds
   */
  TimedRuns(ServableVersion version, LongSupplier nanoTime, LongConsumer rest) {
    this.version = version;
    this.nanoTime = nanoTime;
    this.rest = rest;
    this.begin = nanoTime.getAsLong();
  }

  ServableVersion version() {
    return version;
  }

  /** Runs a batch as somebody once sent it; one that fails is not counted. */
  void runRecorded(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    long unused = run(signature, inputs, rows, outputs);
  }

  /** Runs a batch of a size that will be run; one that fails is not counted. */
  void runAtSize(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    Duration took = Duration.ofNanos(run(signature, inputs, rows, outputs));
    int newest = sizes.size() - 1;
    if (newest >= 0 && sizes.get(newest).isOf(signature, rows)) {
      sizes.set(newest, sizes.get(newest).ending(took));
    } else {
      sizes.add(new WarmUpReport.Size(signature.name(), rows, took, took));
    }
  }

  private long run(ModelSignature signature, Rows inputs, int rows, Rows outputs) {
    long start = nanoTime.getAsLong();
    version.run(signature, inputs, rows, outputs);
    long nanos = nanoTime.getAsLong() - start;
    if (runs++ == 0) {
      firstNanos = nanos;
    }
    rest.accept(Math.min(nanos, LONGEST_REST_NANOS));
    return nanos;
  }

  /** How many there were so far. */
  int count() {
    return runs;
  }

  /** How long it has taken so far, rests included. */
  Duration elapsed() {
    return Duration.ofNanos(nanoTime.getAsLong() - begin);
  }

  WarmUpReport report(int recorded, int golden) {
    return new WarmUpReport(recorded, golden, runs, Duration.ofNanos(firstNanos), elapsed(), sizes);
  }
}
