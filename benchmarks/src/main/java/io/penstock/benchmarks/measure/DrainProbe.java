package io.penstock.benchmarks.measure;

import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.subject.Subject;
import io.penstock.benchmarks.subject.SubjectFailedException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures how a subject drains a loaded topic into an empty one, from outside: the end offsets of
 * the output say how fast, Linux says what it took.
 *
 * @param records how many outcomes end the measurement
 * @param loaded how many records the input has: a few more, so that nobody runs dry within it
 * @param limit the longest it may take
 */
public record DrainProbe(long records, long loaded, Duration limit) {

  private static final long POLL_NANOS = Duration.ofMillis(20).toNanos();
  private static final int POLLS_PER_LOOK = 10;
  private static final long DRAIN_LIMIT_NANOS = Duration.ofSeconds(3).toNanos();
  private static final double MEGABYTE = 1 << 20;

  /**
   * What came of it.
   *
   * @param steadyFrom when the steady part began
   */
  public record Drained(Reading reading, Instant steadyFrom) {}

  /**
   * Measures a subject that was just started.
   *
   * @throws SubjectFailedException if it ends or does not finish in time
   */
  public Drained measure(Subject subject, OutputOffsets output, long brokerPid) {
    CpuMeter meter = new CpuMeter(subject.pids());
    CpuMeter broker = new CpuMeter(List.of(brokerPid, ProcessHandle.current().pid()));
    Window window = new Window(records);
    long deadline = System.nanoTime() + limit.toNanos();
    for (int poll = 0; !window.isComplete(); poll++) {
      long count = output.count();
      if (window.wants(count)) {
        window.mark(
            new Window.Mark(Instant.now(), System.nanoTime(), count, meter.read(), broker.read()));
      } else if (poll % POLLS_PER_LOOK == 0) {
        meter.look();
        subject.requireAlive();
        if (System.nanoTime() > deadline) {
          throw new SubjectFailedException(
              "%s: %,d of %,d records after %d s"
                  .formatted(subject.name(), count, records, limit.toSeconds()),
              subject);
        }
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
    Map<Metric, Double> metrics = metrics(window);
    metrics.put(Metric.RESIDENT_MB, Proc.residentBytes(subject.pids()) / MEGABYTE);
    metrics.put(Metric.PEAK_RESIDENT_MB, Proc.peakResidentBytes(subject.pids()) / MEGABYTE);
    allocation(subject, output, metrics);
    return new Drained(new Reading("", metrics), window.from().at());
  }

  private static Map<Metric, Double> metrics(Window window) {
    CpuMeter.Reading cpu = window.to().subject().since(window.from().subject());
    CpuMeter.Reading broker = window.to().broker().since(window.from().broker());
    double perRecord = 1e-3 / window.count();
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.RATE, window.count() / window.seconds());
    metrics.put(Metric.CPU, cpu.nanos() * perRecord);
    metrics.put(Metric.CPU_WITHOUT_JIT, (cpu.nanos() - cpu.compilerNanos()) * perRecord);
    metrics.put(Metric.BROKER_CPU, broker.nanos() * perRecord);
    metrics.put(
        Metric.FOREIGN_CORES,
        Math.max(0, cpu.machineNanos() - cpu.nanos() - broker.nanos()) / 1e9 / window.seconds());
    return metrics;
  }

  /** Over the whole run, once it has drained: reading it takes a while, in which counts move. */
  private void allocation(Subject subject, OutputOffsets output, Map<Metric, Double> metrics) {
    long deadline = System.nanoTime() + DRAIN_LIMIT_NANOS;
    long count = output.count();
    while (count < loaded && System.nanoTime() < deadline) {
      LockSupport.parkNanos(POLL_NANOS);
      count = output.count();
    }
    long before = count;
    List<OptionalLong> bytes = subject.pids().stream().map(StreamThreadAllocation::bytes).toList();
    double outcomes = (before + output.count()) / 2.0;
    if (bytes.stream().anyMatch(OptionalLong::isPresent)) {
      double sum = bytes.stream().mapToLong(b -> b.orElse(0)).sum();
      metrics.put(Metric.STREAM_THREAD_BYTES, sum / outcomes);
    }
  }
}
