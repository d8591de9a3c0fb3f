package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.measure.DrainProbe;
import io.penstock.benchmarks.measure.OutputOffsets;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.stack.Stack;
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

  private static final Duration LIMIT = Duration.ofMinutes(4);

  /** Another number of records, for a variant that is slower. */
  Drain at(double share) {
    return new Drain(bench, workload, partitions, (long) (records * share));
  }

  /** A variant whose outcomes are there as soon as they are sent. */
  Variant variant(String name, Map<String, String> settings, Starters.Starter starter) {
    return new Variant(name, settings, trial -> List.of(measure(trial, false, starter)));
  }

  /** A variant whose outcomes are there once their transaction is committed. */
  Variant transactional(String name, Map<String, String> settings, Starters.Starter starter) {
    return new Variant(name, settings, trial -> List.of(measure(trial, true, starter)));
  }

  private Reading measure(Variant.Trial trial, boolean transactional, Starters.Starter starter) {
    Stack stack = bench.stack();
    String input = bench.loadedTopic(workload, partitions, (long) (records * LOADED));
    String output = "out-" + trial.id();
    stack.topics().create(output, partitions);
    try (Subject subject = starter.start(trial, input, output);
        OutputOffsets offsets =
            new OutputOffsets(stack.bootstrapServers(), output, partitions, transactional)) {
      DrainProbe.Drained drained =
          new DrainProbe(records, bench.loaded(input), LIMIT)
              .measure(subject, offsets, stack.pid());
      bench.keepProfile(subject, trial, drained.steadyFrom());
      return drained.reading();
    } finally {
      bench.deleteTopics(trial, output);
    }
  }
}
