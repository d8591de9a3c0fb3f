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

  // All @GuardedBy("this")
  private final Histogram latencyMillis = new Histogram(HIGHEST_MILLIS, 3);
  private final SortedMap<Long, Accuracy> accuracy = new TreeMap<>();
  private OptionalLong serving = OptionalLong.empty();
  private OptionalLong firstAtMillis = OptionalLong.empty();
  private long out;
  private double perSecond;
  private long windowOut;
  private long windowNanos;

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
    latencyMillis.recordValue(Math.min(Math.max(0, nowMillis - timestampMillis), HIGHEST_MILLIS));
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

  /** The latency that this share of the outcomes, in percent, did not exceed. */
  public synchronized long latencyMillis(double percentile) {
    return latencyMillis.getValueAtPercentile(percentile);
  }

  /** How things stand. The rate is over the time since it was last asked for, a second at least. */
  synchronized Snapshot snapshot(
      Duration elapsed, long nowNanos, long in, OptionalDouble averageBatchRows) {
    double seconds = (nowNanos - windowNanos) / NANOS_PER_SECOND;
    if (seconds >= 1) {
      perSecond = (out - windowOut) / seconds;
      windowOut = out;
      windowNanos = nowNanos;
    }
    return new Snapshot(
        elapsed,
        in,
        out,
        perSecond,
        latencyMillis(50),
        latencyMillis(99),
        serving,
        averageBatchRows,
        accuracy);
  }
}
