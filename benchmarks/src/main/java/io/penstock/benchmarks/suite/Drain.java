package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.measure.DrainProbe;
import io.penstock.benchmarks.measure.OutputOffsets;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.stack.Stack;
import io.penstock.benchmarks.subject.ServiceConfig;
import io.penstock.benchmarks.subject.ServiceProcess;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Variants that drain a loaded topic: Penstock and peers alike, each into a topic of its own.
 *
 * @param partitions of the topics
 * @param records how many a variant drains
 */
record Drain(Bench bench, Workload workload, int partitions, long records) {

  /** More than are measured, so that nobody runs dry within the window. */
  private static final double LOADED = 1.1;

  private static final Duration LIMIT = Duration.ofMinutes(3);

  /** Starts a subject that drains one topic into the other. */
  @FunctionalInterface
  interface Starter {
    Subject start(Variant.Trial trial, String input, String output);
  }

  /** With another number of records, for a variant that is slower. */
  Drain records(long fewer) {
    return new Drain(bench, workload, partitions, Math.min(records, fewer));
  }

  /**
   * Penstock with a pipeline that has these keys over the defaults.
   *
   * @param guarantee {@code at_least_once} or {@code exactly_once_v2}
   */
  Variant penstock(String name, String guarantee, Map<String, Object> pipeline) {
    boolean transactional = guarantee.equals("exactly_once_v2");
    return variant(
        name,
        Map.of("guarantee", guarantee, "pipeline", pipeline.toString()),
        transactional,
        (trial, input, output) -> {
          ServiceConfig config =
              bench
                  .serviceConfig(trial)
                  .model(
                      workload.name(),
                      bench.model(workload).path(),
                      Map.of("settle", "100ms", "poll-interval", "100ms"))
                  .pipeline(
                      workload.name(),
                      workload.name(),
                      input,
                      workload.fields(),
                      output,
                      with(pipeline, guarantee));
          ServiceProcess.createTopics(bench.serviceSite(trial), config, partitions);
          return ServiceProcess.serve(name, bench.serviceSite(trial), config);
        });
  }

  /** Something that drains one topic into another. */
  Variant variant(
      String name, Map<String, String> settings, boolean transactional, Starter starter) {
    return new Variant(name, settings, trial -> List.of(measure(trial, transactional, starter)));
  }

  private Reading measure(Variant.Trial trial, boolean transactional, Starter starter) {
    Stack stack = bench.stack();
    String input = bench.loadedTopic(workload, partitions, (long) (records * LOADED));
    String output = "out-" + trial.id();
    stack.topics().create(output, partitions);
    try (Subject subject = starter.start(trial, input, output);
        OutputOffsets offsets =
            new OutputOffsets(stack.bootstrapServers(), output, partitions, transactional)) {
      Reading reading =
          new DrainProbe(records, bench.loaded(input), LIMIT)
              .measure(subject, offsets, stack.pid());
      bench.keepProfile(subject, trial);
      return reading;
    } finally {
      stack
          .topics()
          .delete(
              List.of(
                  output,
                  output + "-dead",
                  trial.id() + ".control",
                  trial.id() + ".reports",
                  trial.id() + ".decisions",
                  trial.id() + ".audit"));
    }
  }

  private static Map<String, Object> with(Map<String, Object> pipeline, String guarantee) {
    Map<String, Object> all = new java.util.HashMap<>(pipeline);
    all.put("guarantee", guarantee);
    return all;
  }
}
