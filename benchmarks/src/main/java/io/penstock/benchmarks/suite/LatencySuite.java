package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.latency.LatencyProbe;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How long a record takes from the moment it should be sent to its outcome's arrival, from a
 * trickle to 80 % of what the service can do, where the throughput suite has measured that.
 */
final class LatencySuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final List<Integer> RATES = List.of(8, 100, 500, 2_000, 10_000);
  private static final List<Integer> QUICK_RATES = List.of(8, 500, 2_000);
  private static final Duration POINT = Duration.ofSeconds(15);
  private static final Duration QUICK_POINT = Duration.ofSeconds(6);
  private static final int WARM_UP_RATE = 2_000;

  /** Until most of it is compiled: latency falls to a third within the first minute. */
  private static final Duration WARM_UP = Duration.ofSeconds(60);

  private static final Duration QUICK_WARM_UP = Duration.ofSeconds(20);
  private static final double SHARE_OF_CAPACITY = 0.8;

  private static final String FLOOR = "produce-consume";
  private static final String PENSTOCK = "penstock-alos";
  private static final String PENSTOCK_EOS = "penstock-eos";

  @Override
  public String name() {
    return "latency";
  }

  @Override
  public String summary() {
    return "latency over the rate of records, beside a plain round trip and record-at-a-time";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Flow flow = new Flow(bench, bench.mainWorkload(), PARTITIONS);
    Starters starters = new Starters(bench, flow.workload(), PARTITIONS);
    return List.of(
        new Variant(
            FLOOR,
            Map.of(),
            trial ->
                flow.past(trial, probe -> sweep(bench, FLOOR, probe, new CpuMeter(List.of())))),
        variant(flow, "pass", false, starters.passThrough(Map.of())),
        variant(flow, PENSTOCK, false, starters.penstock(Starters.ALOS, Map.of())),
        variant(flow, PENSTOCK_EOS, true, starters.penstock(Starters.EOS, Map.of())),
        variant(flow, "record-at-a-time", false, starters.recordAtATime()));
  }

  private static Variant variant(
      Flow flow, String name, boolean transactional, Starters.Starter starter) {
    return new Variant(
        name,
        Map.of("read", transactional ? "read_committed" : "read_uncommitted"),
        trial ->
            flow.through(
                trial,
                transactional,
                starter,
                (probe, subject) ->
                    sweep(flow.bench(), name, probe, new CpuMeter(subject.pids()))));
  }

  private static List<Reading> sweep(
      Bench bench, String variant, LatencyProbe probe, CpuMeter subject) {
    boolean quick = bench.options().quick();
    List<Integer> rates = new ArrayList<>(quick ? QUICK_RATES : RATES);
    OptionalDouble capacity = bench.capacity(variant);
    capacity.ifPresent(rate -> rates.add((int) (rate * SHARE_OF_CAPACITY)));
    probe.warmUp(WARM_UP_RATE, quick ? QUICK_WARM_UP : WARM_UP);
    Duration point = quick ? QUICK_POINT : POINT;
    return rates.stream().map(rate -> probe.measure(rate + "/s", rate, point, subject)).toList();
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.P99_MILLIS,
        Metric.P50_MILLIS,
        Metric.P90_MILLIS,
        Metric.P999_MILLIS,
        Metric.MAX_MILLIS,
        Metric.CPU_CORES,
        Metric.SENT,
        Metric.RECEIVED);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        limit(1, "ALOS, 500/s, p50", PENSTOCK, "500/s", Metric.P50_MILLIS),
        limit(10, "ALOS, 500/s, p99", PENSTOCK, "500/s", Metric.P99_MILLIS),
        limit(12, "ALOS, 8/s, p50", PENSTOCK, "8/s", Metric.P50_MILLIS),
        limit(
            200,
            "EOS, commits every 100 ms, 500/s, p99",
            PENSTOCK_EOS,
            "500/s",
            Metric.P99_MILLIS));
  }

  private static Limit limit(
      double millis, String claim, String variant, String point, Metric metric) {
    return Limit.atMost(millis, " ms", claim, r -> r.median(variant, point, metric));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.logarithmic("latency-p50", "Latency, median", Metric.P50_MILLIS, "records/s"),
        Plot.logarithmic(
            "latency-p99", "Latency, 99th percentile", Metric.P99_MILLIS, "records/s"));
  }
}
