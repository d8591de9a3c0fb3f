package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.SlowModel;
import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.latency.LatencyProbe;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.measure.OutputOffsets;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.subject.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What becomes of commits, latency and rate when a batch takes 100 to 200 ms, longer than the
 * commit interval.
 */
final class SlowModelSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final int BATCH = 128;
  private static final long RECORDS = 40_000;
  private static final long QUICK_RECORDS = 10_000;

  /** About half of what one inference thread computes. */
  private static final int RATE = 400;

  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration FLOW = Duration.ofSeconds(30);
  private static final Duration QUICK_FLOW = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "slow";
  }

  @Override
  public String summary() {
    return "commits, latency and rate when a batch takes longer than the commit interval";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Path savedModel = bench.folder().resolve("slow-model");
    Workload workload = Workloads.slow(bench.checkout().example("digits"), savedModel);
    Starters starters = new Starters(bench, workload, PARTITIONS);
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    Drain drain = new Drain(bench, workload, PARTITIONS, records);
    Starters.Starter alos = starters.penstock(Starters.ALOS, Map.of());
    Starters.Starter eos = starters.penstock(Starters.EOS, Map.of());
    return Stream.of(
            RawTensorFlowVariant.of("raw-tensorflow", bench, workload, BATCH),
            drain.variant("drain-alos", Map.of(), alos),
            drain.transactional("drain-eos", Map.of(), eos),
            flow(bench, workload, "flow-alos", false, alos),
            flow(bench, workload, "flow-eos", true, eos))
        .map(variant -> withModel(variant, savedModel))
        .toList();
  }

  private static Variant withModel(Variant variant, Path savedModel) {
    return new Variant(
        variant.name(),
        variant.settings(),
        trial -> {
          SlowModel.save(savedModel);
          return variant.measure().measure(trial);
        });
  }

  private static Variant flow(
      Bench bench,
      Workload workload,
      String name,
      boolean transactional,
      Starters.Starter starter) {
    Duration duration = bench.options().quick() ? QUICK_FLOW : FLOW;
    return new Variant(
        name,
        Map.of("rate", RATE + "/s"),
        trial ->
            new Flow(bench, workload, PARTITIONS)
                .through(
                    trial,
                    transactional,
                    starter,
                    (probe, subject) -> List.of(measure(bench, trial, probe, subject, duration))));
  }

  private static Reading measure(
      Bench bench, Variant.Trial trial, LatencyProbe probe, Subject subject, Duration duration) {
    probe.warmUp(RATE, WARM_UP);
    try (OutputOffsets offsets =
        new OutputOffsets(
            bench.stack().bootstrapServers(), "out-" + trial.id(), PARTITIONS, false)) {
      long before = offsets.count();
      Reading reading = probe.measure("", RATE, duration, new CpuMeter(subject.pids()));
      Map<Metric, Double> metrics = new EnumMap<>(reading.metrics());
      double markers = offsets.count() - before - metrics.getOrDefault(Metric.RECEIVED, 0.0);
      if (markers > 0) {
        metrics.put(Metric.COMMIT_MILLIS, duration.toMillis() * PARTITIONS / markers);
      }
      return new Reading(reading.point(), metrics);
    }
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.RATE,
        Metric.P50_MILLIS,
        Metric.P99_MILLIS,
        Metric.MAX_MILLIS,
        Metric.COMMIT_MILLIS,
        Metric.SENT,
        Metric.RECEIVED,
        Metric.CPU_CORES);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atLeast(1, "", "outcomes ÷ inputs, ALOS", r -> answered(r, "flow-alos")),
        Limit.atLeast(1, "", "outcomes ÷ inputs, EOS", r -> answered(r, "flow-eos")));
  }

  private static double answered(Results results, String variant) {
    return results.median(variant, Metric.RECEIVED) / results.median(variant, Metric.SENT);
  }

  @Override
  public List<Plot> plots() {
    return List.of(Plot.bars("slow-p99", "99th percentile", Metric.P99_MILLIS));
  }
}
