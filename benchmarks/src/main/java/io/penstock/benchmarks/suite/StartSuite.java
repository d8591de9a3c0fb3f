package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.measure.OutputOffsets;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.stack.RecordLoader;
import io.penstock.benchmarks.stack.Stack;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;

/**
 * How long after its start a process has written its first outcome, records waiting. The first
 * start of a service finds a model that nobody has promoted; later ones find it promoted.
 */
final class StartSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final int RECORDS = 1_000;
  private static final long LIMIT_SECONDS = 90;
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(10);

  private static final String FIRST = "penstock-first-start";
  private static final String LATER = "penstock-later-start";

  @Override
  public String name() {
    return "start";
  }

  @Override
  public String summary() {
    return "from the start of a process to its first outcome";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Workload workload = bench.mainWorkload();
    Starters starters = new Starters(bench, workload, PARTITIONS);
    return List.of(
        peer(bench, workload, "pass", starters.passThrough(Map.of())),
        peer(bench, workload, "record-at-a-time", starters.recordAtATime()),
        new Variant(
            FIRST, Map.of("scans", "as by default"), trial -> penstock(bench, workload, trial, 1)),
        new Variant(
            LATER, Map.of("scans", "as by default"), trial -> penstock(bench, workload, trial, 2)));
  }

  private static Variant peer(
      Bench bench, Workload workload, String name, Starters.Starter starter) {
    return new Variant(
        name,
        Map.of(),
        trial ->
            between(
                bench,
                workload,
                trial,
                (input, output) -> started(bench, output, starter.start(trial, input, output), 0)));
  }

  /** Starts a service so many times and reads the last one. */
  private static List<Reading> penstock(
      Bench bench, Workload workload, Variant.Trial trial, int times) {
    return between(
        bench,
        workload,
        trial,
        (input, output) -> {
          ServiceConfig config =
              bench
                  .serviceConfig(trial)
                  .model(workload.name(), bench.model(workload, 1).path(), Map.of())
                  .pipeline(
                      workload.name(),
                      workload.name(),
                      input,
                      workload.fields(),
                      output,
                      Map.of("guarantee", Starters.ALOS));
          ServiceProcess.Site site = bench.serviceSite(trial);
          ServiceProcess.createTopics(site, config, PARTITIONS);
          Reading last = started(bench, output, ServiceProcess.serve(trial.id(), site, config), 0);
          for (int time = 2; time <= times; time++) {
            long before = RECORDS * (time - 1L);
            load(bench, workload, input);
            last = started(bench, output, ServiceProcess.serve(trial.id(), site, config), before);
          }
          return last;
        });
  }

  /** Starts something between two topics. */
  @FunctionalInterface
  private interface Between {
    Reading read(String input, String output);
  }

  private static List<Reading> between(
      Bench bench, Workload workload, Variant.Trial trial, Between between) {
    String input = "in-" + trial.id();
    String output = "out-" + trial.id();
    bench.stack().topics().create(input, PARTITIONS);
    bench.stack().topics().create(output, PARTITIONS);
    try {
      load(bench, workload, input);
      return List.of(between.read(input, output));
    } finally {
      bench.deleteTopics(trial, input, output);
    }
  }

  private static void load(Bench bench, Workload workload, String input) {
    Stack stack = bench.stack();
    RecordLoader.load(
        stack.bootstrapServers(), input, PARTITIONS, RECORDS, stack.framed(workload, input));
  }

  /** Waits for the first outcome and for all, then stops it. */
  private static Reading started(Bench bench, String output, Subject starting, long before) {
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    try (Subject subject = starting;
        OutputOffsets offsets =
            new OutputOffsets(bench.stack().bootstrapServers(), output, PARTITIONS, false)) {
      long deadline = System.nanoTime() + Duration.ofSeconds(LIMIT_SECONDS).toNanos();
      long count = before;
      while (count < before + RECORDS || !metrics.containsKey(Metric.READY_SECONDS)) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(
              "No outcome after %d s:%n%s".formatted(LIMIT_SECONDS, subject.lastLog()));
        }
        subject.requireAlive();
        count = offsets.count();
        double seconds = (System.nanoTime() - subject.startedNanos()) / 1e9;
        if (count > before) {
          metrics.putIfAbsent(Metric.FIRST_PREDICTION_SECONDS, seconds);
        }
        if (subject.isReady()) {
          metrics.putIfAbsent(Metric.READY_SECONDS, seconds);
        }
        LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
      }
    }
    return new Reading("", metrics);
  }

  @Override
  public List<Metric> columns() {
    return List.of(Metric.FIRST_PREDICTION_SECONDS, Metric.READY_SECONDS);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atMost(
            5,
            " s",
            "Built jar to first prediction",
            r -> r.median(FIRST, Metric.FIRST_PREDICTION_SECONDS)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("start", "From start to first outcome", Metric.FIRST_PREDICTION_SECONDS));
  }
}
