package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.SlowModel;
import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.data.Workloads;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a pipeline's records notice of another pipeline of the same process, whose batches take half
 * a second each and never end: their inference threads are the same.
 */
final class NeighbourSuite implements Suite {

  private static final int PARTITIONS = 4;
  private static final int RATE = 500;

  /** Half a second of the slow model. */
  private static final int SLOW_ROWS = 512;

  /** More than are computed while the other pipeline is measured. */
  private static final long SLOW_RECORDS = 300_000;

  private static final Duration WARM_UP = Duration.ofSeconds(30);
  private static final Duration QUICK_WARM_UP = Duration.ofSeconds(10);
  private static final Duration FLOW = Duration.ofSeconds(40);
  private static final Duration QUICK_FLOW = Duration.ofSeconds(12);

  private static final String ALONE = "alone";
  private static final String BESIDE = "beside-slow";

  @Override
  public String name() {
    return "neighbour";
  }

  @Override
  public String summary() {
    return "latency of a pipeline beside another whose batches take half a second";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    Path example = bench.checkout().example("digits");
    Workload quick = Workloads.smallDigits(example);
    Workload slow = Workloads.slow(example, bench.folder().resolve("slow-model"));
    return List.of(
        variant(bench, quick, ALONE, new Neighbour(bench, quick, slow, 0)),
        variant(bench, quick, BESIDE, new Neighbour(bench, quick, slow, SLOW_RECORDS)));
  }

  private static Variant variant(
      Bench bench, Workload workload, String name, Starters.Starter both) {
    boolean quick = bench.options().quick();
    return new Variant(
        name,
        Map.of("rate", RATE + "/s"),
        trial -> {
          try {
            return new Flow(bench, workload, PARTITIONS)
                .through(
                    trial,
                    false,
                    both,
                    (probe, subject) -> {
                      probe.warmUp(RATE, quick ? QUICK_WARM_UP : WARM_UP);
                      return List.of(
                          probe.measure(
                              "", RATE, quick ? QUICK_FLOW : FLOW, new CpuMeter(subject.pids())));
                    });
          } finally {
            bench.deleteTopics(trial, slow("in-" + trial.id()), slow("out-" + trial.id()));
          }
        });
  }

  private static String slow(String topic) {
    return topic + "-slow";
  }

  /**
   * Starts both pipelines.
   *
   * @param slowRecords how many records wait for the slow one
   */
  private record Neighbour(Bench bench, Workload quick, Workload slow, long slowRecords)
      implements Starters.Starter {

    @Override
    public Subject start(Variant.Trial trial, String input, String output) {
      SlowModel.save(slow.savedModel());
      String backlog = NeighbourSuite.slow(input);
      bench.stack().topics().create(backlog, PARTITIONS);
      if (slowRecords > 0) {
        bench.load(slow, backlog, PARTITIONS, slowRecords);
      }
      ServiceConfig config =
          new Starters(bench, quick, PARTITIONS)
              .config(
                  trial,
                  new Starters.Topics(input, output),
                  bench.model(quick, 1),
                  Starters.ALOS,
                  Map.of())
              .model(slow.name(), bench.model(slow, 1).path(), Bench.FAST_SCANS)
              .pipeline(
                  slow.name(),
                  slow.name(),
                  backlog,
                  slow.fields(),
                  NeighbourSuite.slow(output),
                  Map.of("guarantee", Starters.ALOS, "batch", Map.of("rows", SLOW_ROWS)));
      ServiceProcess.createTopics(bench.serviceSite(trial), config, PARTITIONS);
      return ServiceProcess.serve(trial.id(), bench.serviceSite(trial), config);
    }
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.P50_MILLIS,
        Metric.P99_MILLIS,
        Metric.P999_MILLIS,
        Metric.MAX_MILLIS,
        Metric.CPU_CORES);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atMost(
            2,
            "",
            "p99 at 500/s: beside a pipeline of 500 ms a batch ÷ alone",
            r -> r.median(BESIDE, Metric.P99_MILLIS) / r.median(ALONE, Metric.P99_MILLIS)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("neighbour-p99", "99th percentile at 500 records/s", Metric.P99_MILLIS));
  }
}
