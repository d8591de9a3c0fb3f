package io.penstock.benchmarks.latency;

import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Reading;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Measures how long records take from one topic into another, at one rate after the other. Not
 * thread-safe.
 */
public final class LatencyProbe implements AutoCloseable {

  private static final Duration LATE_LIMIT = Duration.ofSeconds(30);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(10);
  private static final double MILLI = 1e6;

  private final ScheduledSender sender;
  private final OutcomeReceiver receiver;

  /**
   * Between two topics that exist.
   *
   * @param transactional whether only what is committed counts
   */
  public LatencyProbe(
      String bootstrapServers,
      String input,
      String output,
      int partitions,
      boolean transactional,
      List<byte[]> values) {
    receiver = new OutcomeReceiver(bootstrapServers, output, partitions, transactional);
    sender = new ScheduledSender(bootstrapServers, input, partitions, values);
  }

  /** Sends for a while and forgets it, so that what follows is not the first of its kind. */
  public void warmUp(int perSecond, Duration duration) {
    receiver.countFromNow();
    awaitOutcomes(sender.send(perSecond, duration));
  }

  /**
   * Latencies at a rate.
   *
   * @param subject whose processor time is read too
   */
  public Reading measure(String point, int perSecond, Duration duration, CpuMeter subject) {
    receiver.countFromNow();
    CpuMeter.Reading cpuBefore = subject.read();
    long start = System.nanoTime();
    long sent = sender.send(perSecond, duration);
    double seconds = (System.nanoTime() - start) / 1e9;
    CpuMeter.Reading cpu = subject.read().since(cpuBefore);
    awaitOutcomes(sent);
    Histogram latencies = receiver.latencies();
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.P50_MILLIS, latencies.getValueAtPercentile(50) / MILLI);
    metrics.put(Metric.P90_MILLIS, latencies.getValueAtPercentile(90) / MILLI);
    metrics.put(Metric.P99_MILLIS, latencies.getValueAtPercentile(99) / MILLI);
    metrics.put(Metric.P999_MILLIS, latencies.getValueAtPercentile(99.9) / MILLI);
    metrics.put(Metric.MAX_MILLIS, latencies.getMaxValue() / MILLI);
    metrics.put(Metric.SENT, (double) sent);
    metrics.put(Metric.RECEIVED, (double) receiver.received());
    metrics.put(Metric.CPU_CORES, cpu.nanos() / 1e9 / seconds);
    metrics.put(Metric.CPU, cpu.nanos() / 1e3 / sent);
    metrics.put(Metric.CPU_WITHOUT_JIT, (cpu.nanos() - cpu.compilerNanos()) / 1e3 / sent);
    return new Reading(point, metrics);
  }

  /**
   * How many records come through in a second, when more are sent than can: what sender, broker,
   * subject and receiver do together on this machine.
   *
   * @param perSecond more than that
   */
  public Reading flood(int perSecond, Duration duration) {
    receiver.countFromNow();
    long start = System.nanoTime();
    long sent = sender.send(perSecond, duration);
    awaitOutcomes(sent);
    double seconds = (System.nanoTime() - start) / 1e9;
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.SENT, (double) sent);
    metrics.put(Metric.RECEIVED, (double) receiver.received());
    metrics.put(Metric.RATE, receiver.received() / seconds);
    return new Reading("", metrics);
  }

  /** Waits for so many outcomes, but not for ever: what does not come is missing in the reading. */
  private void awaitOutcomes(long count) {
    long deadline = System.nanoTime() + LATE_LIMIT.toNanos();
    while (receiver.received() < count && System.nanoTime() < deadline) {
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
  }

  @Override
  public void close() {
    sender.close();
    receiver.close();
  }
}
