package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.latency.LatencyProbe;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.measure.OutputOffsets;
import io.penstock.benchmarks.measure.Proc;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.report.Statistics;
import io.penstock.benchmarks.stack.OutcomeOrder;
import io.penstock.benchmarks.stack.RecordLoader;
import io.penstock.benchmarks.stack.Stack;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongConsumer;
import java.util.stream.Stream;

/**
 * A backlog of millions, then a long time at half the rate at which it was drained: whether rate
 * and memory stay what they are. Points are seconds since the first outcome.
 */
final class BacklogSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final long RECORDS = 5_000_000;
  private static final long QUICK_RECORDS = 300_000;
  private static final Duration SAMPLE = Duration.ofSeconds(5);
  private static final Duration QUICK_SAMPLE = Duration.ofSeconds(1);
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(20);
  private static final double MEGABYTE = 1 << 20;
  private static final String SECONDS = " s";
  private static final int FLAT_FROM_SECONDS = 10;

  /** A heap touched from the start, so that memory that grows later is no heap. */
  private static final List<String> TOUCHED_HEAP =
      List.of("-Xms1g", "-Xmx1g", "-XX:+AlwaysPreTouch");

  private static final String PENSTOCK = "penstock-alos";
  private static final String PENSTOCK_EOS = "penstock-eos";

  @Override
  public String name() {
    return "backlog";
  }

  @Override
  public String summary() {
    return "rate and memory over time: a backlog of millions, then half the capacity";
  }

  @Override
  public int repetitions(Options options) {
    return 1;
  }

  @Override
  public List<Variant> variants(Bench bench) {
    return List.of(
        new Variant(
            PENSTOCK,
            Map.of("jvm", String.join(" ", TOUCHED_HEAP)),
            trial -> measure(bench, trial, Starters.ALOS)),
        new Variant(
            PENSTOCK_EOS,
            Map.of("jvm", String.join(" ", TOUCHED_HEAP)),
            trial -> measure(bench, trial, Starters.EOS)));
  }

  private static List<Reading> measure(Bench bench, Variant.Trial trial, String guarantee) {
    Stack stack = bench.stack();
    Workload workload = bench.mainWorkload();
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    String input = "in-" + trial.id();
    String output = "out-" + trial.id();
    boolean transactional = guarantee.equals(Starters.EOS);
    stack.topics().create(input, PARTITIONS);
    stack.topics().create(output, PARTITIONS);
    List<byte[]> values = stack.framed(workload, input);
    RecordLoader.load(stack.bootstrapServers(), input, PARTITIONS, records, values);
    Starters.Starter starter =
        new Starters(bench, workload, PARTITIONS).penstock(guarantee, Map.of(), TOUCHED_HEAP);
    try (Subject subject = starter.start(trial, input, output);
        OutcomeOrder order =
            new OutcomeOrder(stack.bootstrapServers(), output, PARTITIONS, transactional)) {
      Timeline timeline = new Timeline(subject);
      double rate;
      try (OutputOffsets offsets =
          new OutputOffsets(stack.bootstrapServers(), output, PARTITIONS, transactional)) {
        rate = timeline.drain(offsets, records, sample(bench));
      }
      try (LatencyProbe probe =
          new LatencyProbe(
              stack.bootstrapServers(), input, output, PARTITIONS, transactional, values)) {
        LongConsumer tidyUp =
            sent -> {
              order.readUpTo(records + sent);
              stack.topics().truncate(input, PARTITIONS);
              stack.topics().truncate(output, PARTITIONS);
            };
        tidyUp.accept(0);
        timeline.flow(
            probe, (int) (rate / 2), bench.options().halfCapacity(), sample(bench), tidyUp);
      }
      timeline.add(new EnumMap<>(Map.of(Metric.OUT_OF_ORDER, (double) order.violations())));
      return timeline.readings;
    } finally {
      bench.deleteTopics(trial, input, output);
    }
  }

  private static Duration sample(Bench bench) {
    return bench.options().quick() ? QUICK_SAMPLE : SAMPLE;
  }

  /** Readings of one subject, one after the other. Not thread-safe. */
  private static final class Timeline {

    private final List<Reading> readings = new ArrayList<>();
    private final Subject subject;
    private long start;

    Timeline(Subject subject) {
      this.subject = subject;
    }

    /** Reads every so often until so many are there, and gives the rate over all. */
    double drain(OutputOffsets offsets, long records, Duration sample) {
      long deadline = System.nanoTime() + DRAIN_LIMIT.toNanos();
      while (offsets.count() == 0) {
        pause(Duration.ofMillis(20), deadline);
      }
      start = System.nanoTime();
      long from = start;
      long before = offsets.count();
      long count = before;
      while (count < records) {
        pause(sample, deadline);
        count = offsets.count();
        long now = System.nanoTime();
        add(new EnumMap<>(Map.of(Metric.RATE, (count - before) * 1e9 / (now - from))));
        from = now;
        before = count;
      }
      return count * 1e9 / (System.nanoTime() - start);
    }

    /**
     * Sends at a rate for that long and reads every so often.
     *
     * @param tidyUp told each time how many were sent, and removes them: disks are small
     */
    void flow(
        LatencyProbe probe, int rate, Duration duration, Duration sample, LongConsumer tidyUp) {
      long end = System.nanoTime() + duration.toNanos();
      CpuMeter meter = new CpuMeter(subject.pids());
      long sent = 0;
      while (System.nanoTime() < end) {
        subject.requireAlive();
        long from = System.nanoTime();
        Map<Metric, Double> metrics =
            new EnumMap<>(probe.measure("", rate, sample, meter).metrics());
        double seconds = (System.nanoTime() - from) / 1e9;
        metrics.put(Metric.RATE, metrics.getOrDefault(Metric.RECEIVED, 0.0) / seconds);
        add(metrics);
        sent += Math.round(metrics.getOrDefault(Metric.SENT, 0.0));
        tidyUp.accept(sent);
      }
    }

    private void add(Map<Metric, Double> metrics) {
      metrics.put(Metric.RESIDENT_MB, Proc.residentBytes(subject.pids()) / MEGABYTE);
      readings.add(new Reading((System.nanoTime() - start) / 1_000_000_000 + SECONDS, metrics));
    }

    private void pause(Duration time, long deadline) {
      subject.requireAlive();
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException(
            "The backlog is not drained after %d minutes:%n%s"
                .formatted(DRAIN_LIMIT.toMinutes(), subject.lastLog()));
      }
      LockSupport.parkNanos(time.toNanos());
    }
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.RATE, Metric.RESIDENT_MB, Metric.P50_MILLIS, Metric.P99_MILLIS, Metric.OUT_OF_ORDER);
  }

  @Override
  public List<Limit> limits() {
    return Stream.of(PENSTOCK, PENSTOCK_EOS).flatMap(BacklogSuite::limits).toList();
  }

  private static Stream<Limit> limits(String variant) {
    String from = ", resident memory from the tenth second on: ";
    return Stream.of(
        Limit.atMost(
            1.05,
            "",
            variant + from + "most ÷ median",
            r -> memory(r, variant).max() / memory(r, variant).median()),
        Limit.atLeast(
            0.95,
            "",
            variant + from + "least ÷ median",
            r -> memory(r, variant).min() / memory(r, variant).median()),
        Limit.atMost(
            0,
            "",
            variant + ", outcomes that are not of the input after the one before",
            r -> outOfOrder(r, variant)));
  }

  private static double outOfOrder(Results results, String variant) {
    return results.points(variant).stream()
        .mapToDouble(point -> results.median(variant, point, Metric.OUT_OF_ORDER))
        .filter(count -> !Double.isNaN(count))
        .max()
        .orElse(Double.NaN);
  }

  private static Statistics memory(Results results, String variant) {
    return Statistics.of(
        results.points(variant).stream()
            .filter(point -> point.endsWith(SECONDS) && seconds(point) >= FLAT_FROM_SECONDS)
            .mapToDouble(point -> results.median(variant, point, Metric.RESIDENT_MB))
            .toArray());
  }

  private static int seconds(String point) {
    return Integer.parseInt(point.substring(0, point.indexOf(SECONDS)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.lines("backlog-rate", "Rate over time", Metric.RATE, "seconds"),
        Plot.lines("backlog-memory", "Resident memory over time", Metric.RESIDENT_MB, "seconds"));
  }
}
