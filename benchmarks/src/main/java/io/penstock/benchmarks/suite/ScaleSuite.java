package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.measure.DrainProbe;
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
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

  private static final Duration READY_LIMIT = Duration.ofMinutes(2);
  private static final Duration DRAIN_LIMIT = Duration.ofMinutes(4);

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
    return IntStream.rangeClosed(1, MOST)
        .mapToObj(
            instances ->
                new Variant(
                    name(instances),
                    Map.of("partitions", String.valueOf(PARTITIONS)),
                    trial -> List.of(measure(bench, trial, instances, records))))
        .toList();
  }

  private static String name(int instances) {
    return "instances-" + instances;
  }

  /** The records are there, but uncommitted until every instance is ready: all begin together. */
  private static Reading measure(Bench bench, Variant.Trial trial, int instances, long records) {
    Stack stack = bench.stack();
    Starters starters = new Starters(bench, bench.mainWorkload(), PARTITIONS);
    Starters.Topics topics = new Starters.Topics("in-" + trial.id(), "out-" + trial.id());
    stack.topics().create(topics.input(), PARTITIONS);
    stack.topics().create(topics.output(), PARTITIONS);
    long loaded = records + records / 10;
    try (RecordLoader held =
            RecordLoader.hold(
                stack.bootstrapServers(),
                topics.input(),
                PARTITIONS,
                loaded,
                stack.framed(starters.workload(), topics.input()));
        Subject fleet = fleet(starters, trial, topics, instances);
        OutputOffsets offsets =
            new OutputOffsets(stack.bootstrapServers(), topics.output(), PARTITIONS, false)) {
      fleet.awaitReady(READY_LIMIT);
      held.commit();
      return new DrainProbe(records, loaded, DRAIN_LIMIT)
          .measure(fleet, offsets, stack.pid())
          .reading();
    } finally {
      bench.deleteTopics(trial, topics.input(), topics.output());
    }
  }

  private static Subject fleet(
      Starters starters, Variant.Trial trial, Starters.Topics topics, int instances) {
    Bench bench = starters.bench();
    List<Subject> fleet = new ArrayList<>();
    for (int i = 1; i <= instances; i++) {
      ServiceConfig config =
          starters.config(
              trial, topics, bench.model(starters.workload(), 1), Starters.ALOS, Map.of());
      ServiceProcess.Site site =
          bench.serviceSite(folder(trial.folder(), "instance-" + i), List.of());
      if (i == 1) {
        ServiceProcess.createTopics(site, config, PARTITIONS);
      }
      fleet.add(ServiceProcess.serve(trial.id() + "-" + i, site, config));
    }
    return Subject.together(trial.id(), fleet);
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
