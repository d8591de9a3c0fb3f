package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.measure.CpuMeter;
import io.penstock.benchmarks.measure.Proc;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What pipelines cost that have nothing to do: 1 to 50 in one process, each with a model. */
final class ModelsSuite implements Suite {

  private static final List<Integer> PIPELINES = List.of(1, 10, 50);
  private static final int PARTITIONS = 4;
  private static final Duration READY_LIMIT = Duration.ofMinutes(4);
  private static final Duration SETTLED = Duration.ofSeconds(5);
  private static final Duration IDLE = Duration.ofSeconds(20);
  private static final Duration QUICK_IDLE = Duration.ofSeconds(8);
  private static final double MEGABYTE = 1 << 20;

  @Override
  public String name() {
    return "models";
  }

  @Override
  public String summary() {
    return "start, memory, threads and CPU of 1 to 50 idle pipelines in one process";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    return PIPELINES.stream()
        .map(
            pipelines ->
                new Variant(
                    name(pipelines),
                    Map.of("partitions", String.valueOf(PARTITIONS)),
                    trial -> List.of(measure(bench, trial, pipelines))))
        .toList();
  }

  private static String name(int pipelines) {
    return "pipelines-" + pipelines;
  }

  private static Reading measure(Bench bench, Variant.Trial trial, int pipelines) {
    Workload workload = bench.mainWorkload();
    ServiceConfig config = bench.serviceConfig(trial);
    String[] topics =
        IntStream.range(0, pipelines)
            .boxed()
            .flatMap(i -> List.of(input(trial, i), output(trial, i)).stream())
            .toArray(String[]::new);
    for (int i = 0; i < pipelines; i++) {
      bench.stack().topics().create(input(trial, i), PARTITIONS);
      config
          .model("model-" + i, bench.model(workload, 1).path(), Bench.FAST_SCANS)
          .pipeline(
              "pipeline-" + i,
              "model-" + i,
              input(trial, i),
              workload.fields(),
              output(trial, i),
              Map.of("guarantee", Starters.ALOS));
    }
    ServiceProcess.createTopics(bench.serviceSite(trial), config, PARTITIONS);
    try (Subject subject = ServiceProcess.serve(trial.id(), bench.serviceSite(trial), config)) {
      subject.awaitReady(READY_LIMIT);
      double ready = (System.nanoTime() - subject.startedNanos()) / 1e9;
      return new Reading("", idle(bench, subject, ready));
    } finally {
      bench.deleteTopics(trial, topics);
    }
  }

  private static Map<Metric, Double> idle(Bench bench, Subject subject, double ready) {
    LockSupport.parkNanos(SETTLED.toNanos());
    CpuMeter meter = new CpuMeter(subject.pids());
    CpuMeter.Reading before = meter.read();
    long start = System.nanoTime();
    LockSupport.parkNanos((bench.options().quick() ? QUICK_IDLE : IDLE).toNanos());
    double seconds = (System.nanoTime() - start) / 1e9;
    CpuMeter.Reading cpu = meter.read().since(before);
    subject.requireAlive();
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.READY_SECONDS, ready);
    metrics.put(Metric.CPU_CORES, (cpu.nanos() - cpu.compilerNanos()) / 1e9 / seconds);
    metrics.put(Metric.RESIDENT_MB, Proc.residentBytes(subject.pids()) / MEGABYTE);
    metrics.put(Metric.THREADS, (double) Proc.threads(subject.pid()));
    return metrics;
  }

  private static String input(Variant.Trial trial, int pipeline) {
    return "in-" + trial.id() + "-" + pipeline;
  }

  private static String output(Variant.Trial trial, int pipeline) {
    return "out-" + trial.id() + "-" + pipeline;
  }

  @Override
  public List<Metric> columns() {
    return List.of(Metric.READY_SECONDS, Metric.CPU_CORES, Metric.RESIDENT_MB, Metric.THREADS);
  }

  @Override
  public List<Limit> limits() {
    return List.of(
        Limit.atMost(
            3,
            "",
            "start: 50 idle pipelines ÷ 1",
            r ->
                r.median(name(50), Metric.READY_SECONDS) / r.median(name(1), Metric.READY_SECONDS)),
        Limit.atMost(
            0.1, " cores", "CPU of 50 idle pipelines", r -> r.median(name(50), Metric.CPU_CORES)));
  }

  @Override
  public List<Plot> plots() {
    return List.of(
        Plot.bars("models-start", "From start to ready", Metric.READY_SECONDS),
        Plot.bars("models-memory", "Resident memory", Metric.RESIDENT_MB));
  }
}
