package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What partitions cost: the same records over 1 to 256 of them, trickling and from a backlog. */
final class PartitionsSuite implements Suite {

  private static final List<Integer> PARTITIONS = List.of(1, 4, 32, 256);
  private static final int TRICKLE = 1_000;
  private static final int WARM_UP_RATE = 2_000;
  private static final Duration WARM_UP = Duration.ofSeconds(10);
  private static final Duration FLOW = Duration.ofSeconds(20);
  private static final Duration QUICK_FLOW = Duration.ofSeconds(8);
  private static final long RECORDS = 500_000;
  private static final long QUICK_RECORDS = 200_000;

  @Override
  public String name() {
    return "partitions";
  }

  @Override
  public String summary() {
    return "CPU per record and rate over the number of partitions, trickling and full";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    List<Variant> variants = new ArrayList<>();
    for (int partitions : PARTITIONS) {
      Starters starters = new Starters(bench, bench.mainWorkload(), partitions);
      Starters.Starter pass = starters.passThrough(Map.of());
      Starters.Starter penstock = starters.penstock(Starters.ALOS, Map.of());
      Drain drain = new Drain(bench, starters.workload(), partitions, records);
      variants.add(trickle(starters, name("pass-trickle", partitions), pass));
      variants.add(trickle(starters, name("penstock-trickle", partitions), penstock));
      variants.add(drain.variant(name("pass-full", partitions), Map.of(), pass));
      variants.add(drain.variant(name("penstock-full", partitions), Map.of(), penstock));
    }
    return variants;
  }

  private static String name(String what, int partitions) {
    return what + "-" + partitions;
  }

  private static Variant trickle(Starters starters, String name, Starters.Starter starter) {
    Bench bench = starters.bench();
    Duration duration = bench.options().quick() ? QUICK_FLOW : FLOW;
    return new Variant(
        name,
        Map.of("rate", TRICKLE + "/s"),
        trial ->
            new Flow(bench, starters.workload(), starters.partitions())
                .through(
                    trial,
                    false,
                    starter,
                    (probe, subject) -> {
                      probe.warmUp(WARM_UP_RATE, WARM_UP);
                      return List.of(
                          probe.measure("", TRICKLE, duration, new CpuMeter(subject.pids())));
                    }));
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.CPU_WITHOUT_JIT,
        Metric.CPU,
        Metric.RATE,
        Metric.P50_MILLIS,
        Metric.P99_MILLIS,
        Metric.PEAK_RESIDENT_MB);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atMost(
            1.3,
            "",
            "CPU per record, trickling: 256 partitions ÷ 4",
            r ->
                r.median("penstock-trickle-256", Metric.CPU_WITHOUT_JIT)
                    / r.median("penstock-trickle-4", Metric.CPU_WITHOUT_JIT)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("partitions-cpu", "CPU per record, without JIT threads", Metric.CPU_WITHOUT_JIT),
        Plot.bars("partitions-rate", "Draining a backlog", Metric.RATE));
  }
}
