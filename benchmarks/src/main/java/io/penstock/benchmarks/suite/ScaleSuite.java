package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.ModelDirectory;
import io.penstock.benchmarks.report.Limit;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Plot;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * One to three instances of a service on this machine, which share its cores with the broker: what
 * sharing partitions costs, not what more machines give.
 */
final class ScaleSuite implements Suite {

  private static final int PARTITIONS = 12;
  private static final int MOST = 3;
  private static final long RECORDS = 1_000_000;
  private static final long QUICK_RECORDS = 300_000;

  /** Until all have joined the fleet, which none of them says while there is nothing to serve. */
  private static final Duration JOINED = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "scale";
  }

  @Override
  public String summary() {
    return "1, 2 and 3 instances on one machine drain a backlog";
  }

  @Override
  public List<Variant> variants(Bench bench) {
    long records =
        bench.options().records().orElse(bench.options().quick() ? QUICK_RECORDS : RECORDS);
    Starters starters = new Starters(bench, bench.mainWorkload(), PARTITIONS);
    Drain drain = new Drain(bench, starters.workload(), PARTITIONS, records);
    return IntStream.rangeClosed(1, MOST)
        .mapToObj(
            instances ->
                drain.variant(
                    name(instances),
                    Map.of("partitions", String.valueOf(PARTITIONS)),
                    fleet(starters, instances)))
        .toList();
  }

  private static String name(int instances) {
    return "instances-" + instances;
  }

  /**
   * Instances that begin together: their model's directory stays empty until all are there, so that
   * the first does not drain while others start.
   */
  private static Starters.Starter fleet(Starters starters, int instances) {
    Bench bench = starters.bench();
    return (trial, input, output) -> {
      ModelDirectory models = new ModelDirectory(folder(trial.folder(), "models"));
      List<Subject> fleet = new ArrayList<>();
      for (int i = 1; i <= instances; i++) {
        ServiceConfig config =
            starters.config(
                trial, new Starters.Topics(input, output), models, Starters.ALOS, Map.of());
        ServiceProcess.Site site =
            bench.serviceSite(folder(trial.folder(), "instance-" + i), List.of());
        if (i == 1) {
          ServiceProcess.createTopics(site, config, PARTITIONS);
        }
        fleet.add(ServiceProcess.serve(trial.id() + "-" + i, site, config));
      }
      LockSupport.parkNanos(JOINED.toNanos());
      arrive(starters, trial.folder(), models);
      return Subject.together(trial.id(), fleet);
    };
  }

  /** Version 1 arrives at once and whole. */
  private static void arrive(Starters starters, Path folder, ModelDirectory models) {
    Path copy =
        ModelDirectory.create(folder.resolve("copy"), starters.workload().savedModel(), 1).path();
    try {
      Files.move(copy.resolve("1"), models.path().resolve("1"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path folder(Path parent, String name) {
    try {
      return Files.createDirectories(parent.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<Metric> columns() {
    return List.of(
        Metric.RATE,
        Metric.CPU,
        Metric.CPU_WITHOUT_JIT,
        Metric.BROKER_CPU,
        Metric.PEAK_RESIDENT_MB,
        Metric.FOREIGN_CORES);
  }

  @Override
  public List<Limit> limits() {
    return List.of();
  }

  @Override
  public List<Plot> plots() {
    return List.of(Plot.bars("scale", "Draining a backlog", Metric.RATE));
  }
}
