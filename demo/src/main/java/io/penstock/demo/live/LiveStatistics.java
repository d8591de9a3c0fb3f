package io.penstock.demo.live;

import io.penstock.demo.check.Accuracy;
import java.time.Duration;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;

/** Outcomes counted as they arrive. Thread-safe. */
public final class LiveStatistics {

  private static final long HIGHEST_MILLIS = Duration.ofHours(1).toMillis();
  private static final double NANOS_PER_SECOND = 1e9;
  // A little less than the second in which a screen may ask again.
  private static final double SHORTEST_WINDOW_SECONDS = 0.9;

  // All @GuardedBy("this")
  private final Histogram latencyMillis = new Histogram(HIGHEST_MILLIS, 3);
  private final SortedMap<Long, Accuracy> accuracy = new TreeMap<>();
  private OptionalLong serving = OptionalLong.empty();
  private OptionalLong firstAtMillis = OptionalLong.empty();
  private long out;

  // The window that is gathered, and what the last one came to.
  private final Histogram windowLatencyMillis = new Histogram(HIGHEST_MILLIS, 3);
  private long windowNanos;
  private double perSecond;
  private long p50Millis;
  private long p99Millis;

  /** Statistics from that moment on; nanos are of {@link System#nanoTime}. */
  public LiveStatistics(long nowNanos) {
    windowNanos = nowNanos;
  }

  synchronized void addPrediction(
      long timestampMillis, long nowMillis, long version, boolean isRight) {
    addOutcome(timestampMillis, nowMillis);
    serving = OptionalLong.of(version);
    accuracy.put(version, accuracy.getOrDefault(version, Accuracy.NONE).plus(isRight));
  }

  synchronized void addDeadLetter(long timestampMillis, long nowMillis) {
    addOutcome(timestampMillis, nowMillis);
  }

  private void addOutcome(long timestampMillis, long nowMillis) {
    long latency = Math.min(Math.max(0, nowMillis - timestampMillis), HIGHEST_MILLIS);
    latencyMillis.recordValue(latency);
    windowLatencyMillis.recordValue(latency);
    if (out == 0) {
      firstAtMillis = OptionalLong.of(nowMillis);
    }
    out++;
  }

  /** How many outcomes have arrived. */
  public synchronized long out() {
    return out;
  }

  /** How many predictions of that version have arrived. */
  public synchronized long predictions(long version) {
    return accuracy.getOrDefault(version, Accuracy.NONE).all();
  }

  /** When the first outcome arrived, in milliseconds since the epoch. */
  public synchronized OptionalLong firstAtMillis() {
    return firstAtMillis;
  }

  /** The latency that this share of all outcomes, in percent, did not exceed. */
  public synchronized long latencyMillis(double percentile) {
    return latencyMillis.getValueAtPercentile(percentile);
  }

  /** How things stand. Rate and latencies are those of the last second or so. */
  synchronized Snapshot snapshot(
      Duration elapsed, long nowNanos, long in, OptionalDouble averageBatchRows) {
    double seconds = (nowNanos - windowNanos) / NANOS_PER_SECOND;
    if (seconds >= SHORTEST_WINDOW_SECONDS) {
      perSecond = windowLatencyMillis.getTotalCount() / seconds;
      p50Millis = windowLatencyMillis.getValueAtPercentile(50);
      p99Millis = windowLatencyMillis.getValueAtPercentile(99);
      windowLatencyMillis.reset();
      windowNanos = nowNanos;
    }
    return new Snapshot(
        elapsed, in, out, perSecond, p50Millis, p99Millis, serving, averageBatchRows, accuracy);
  }
}
