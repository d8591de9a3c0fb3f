package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.stack.AuditTrail;
import io.penstock.benchmarks.subject.Promoter;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What it costs that versions of a small convolutional network are swapped every two seconds. Only
 * the newest version stays loaded beside the active one, so that each promotion loads, warms up,
 * cuts over and unloads. Latencies are those at half of what the machine can do, which a flood
 * measures first: it drives a sender, a broker and a receiver as well as the service.
 */
final class SwapSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final int VERSIONS = 8;
  private static final Duration INTERVAL = Duration.ofSeconds(2);
  private static final double SHARE_OF_CAPACITY = 0.5;
  private static final int WARM_UP_RATE = 500;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration FLOW = Duration.ofSeconds(40);
  private static final Duration QUICK_FLOW = Duration.ofSeconds(12);

  /** More than any machine takes; its records are all sent, however long that takes. */
  private static final int FLOOD_RATE = 100_000;

  private static final Duration FLOOD = Duration.ofSeconds(4);
  private static final long RECORDS = 600_000;
  private static final long QUICK_RECORDS = 200_000;

  private static final String FLOODED = "flow-flooded";
  private static final String STEADY = "flow-steady";
  private static final String SWAPPING = "flow-swapping";
  private static final String DRAIN_STEADY = "drain-steady";
  private static final String DRAIN_SWAPPING = "drain-swapping";

  @Override
  public String name() {
    return "swap";
  }

  @Override
  public String summary() {
    return "latency and rate while a version is promoted every 2 s, and without";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Workload digits = Workloads.digits(bench.checkout().example("digits"));
    Starters starters = new Starters(bench, digits, PARTITIONS);
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    Drain drain = new Drain(bench, starters.workload(), PARTITIONS, records);
    Map<String, String> every = Map.of("promotion", "every " + INTERVAL.toSeconds() + " s");
    Capacity capacity = new Capacity(FLOODED);
    return List.of(
        drain.variant(DRAIN_STEADY, Map.of(), service(starters)),
        capacity.measuredBy(flooded(starters)),
        flow(starters, STEADY, Map.of(), capacity, service(starters)),
        flow(starters, SWAPPING, every, capacity, swapping(starters)),
        drain.variant(DRAIN_SWAPPING, every, swapping(starters)));
  }

  private static Starters.Starter service(Starters starters) {
    Bench bench = starters.bench();
    return (trial, input, output) -> {
      ServiceConfig config =
          starters.config(
              trial,
              new Starters.Topics(input, output),
              bench.model(starters.workload(), VERSIONS),
              Starters.ALOS,
              Map.of());
      ServiceProcess.createTopics(bench.serviceSite(trial), config, PARTITIONS);
      return ServiceProcess.serve(trial.id(), bench.serviceSite(trial), config);
    };
  }

  private static Starters.Starter swapping(Starters starters) {
    Starters.Starter service = service(starters);
    return (trial, input, output) -> {
      Subject subject = service.start(trial, input, output);
      return subject.with(
          new Promoter(
              starters.bench().stack().bootstrapServers(),
              trial.id(),
              starters.workload().name(),
              VERSIONS,
              INTERVAL));
    };
  }

  private static Variant flooded(Starters starters) {
    return new Variant(
        FLOODED,
        Map.of(),
        trial ->
            new Flow(starters.bench(), starters.workload(), PARTITIONS)
                .through(
                    trial,
                    false,
                    service(starters),
                    (probe, subject) -> {
                      probe.warmUp(WARM_UP_RATE, WARM_UP);
                      probe.flood(FLOOD_RATE, FLOOD);
                      return List.of(probe.flood(FLOOD_RATE, FLOOD));
                    }));
  }

  private static Variant flow(
      Starters starters,
      String name,
      Map<String, String> settings,
      Capacity capacity,
      Starters.Starter starter) {
    Bench bench = starters.bench();
    Duration duration = bench.options().quick() ? QUICK_FLOW : FLOW;
    return new Variant(
        name,
        settings,
        trial ->
            new Flow(bench, starters.workload(), PARTITIONS)
                .through(
                    trial,
                    false,
                    starter,
                    (probe, subject) -> {
                      int rate = capacity.share(SHARE_OF_CAPACITY);
                      probe.warmUp(WARM_UP_RATE, WARM_UP);
                      probe.warmUp(rate, WARM_UP);
                      Reading reading =
                          probe.measure("", rate, duration, new CpuMeter(subject.pids()));
                      return List.of(withCutovers(bench, trial, reading));
                    }));
  }

  private static Reading withCutovers(Bench bench, Variant.Trial trial, Reading reading) {
    Map<Metric, Double> metrics = new EnumMap<>(reading.metrics());
    metrics.put(
        Metric.CUTOVERS,
        (double) AuditTrail.cutovers(bench.stack().bootstrapServers(), trial.id()));
    return new Reading(reading.point(), metrics);
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.P99_MILLIS,
        Metric.P50_MILLIS,
        Metric.P999_MILLIS,
        Metric.MAX_MILLIS,
        Metric.CUTOVERS,
        Metric.RATE,
        Metric.CPU_WITHOUT_JIT);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atMost(
            1.5,
            "",
            "p99 at half the capacity: swapping ÷ steady (goal: 1.2)",
            r -> r.median(SWAPPING, Metric.P99_MILLIS) / r.median(STEADY, Metric.P99_MILLIS)),
        Limit.atLeast(
            0.95,
            "",
            "rate of a drain: swapping ÷ steady",
            r -> r.median(DRAIN_SWAPPING, Metric.RATE) / r.median(DRAIN_STEADY, Metric.RATE)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("swap-p99", "99th percentile at half the capacity", Metric.P99_MILLIS),
        Plot.bars("swap-rate", "Draining a backlog", Metric.RATE));
  }
}
