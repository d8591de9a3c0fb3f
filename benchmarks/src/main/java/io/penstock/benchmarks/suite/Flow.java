package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.data.Workload;
import io.penstock.benchmarks.latency.LatencyProbe;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.stack.Stack;
import io.penstock.benchmarks.subject.Subject;
import java.time.Duration;
import java.util.List;

/** Variants through which records flow at a given rate, between two new topics. */
record Flow(Bench bench, Workload workload, int partitions) {

  static final Duration READY_LIMIT = Duration.ofSeconds(90);

  /** Measures a subject that is ready. */
  @FunctionalInterface
  interface Body {
    List<Reading> measure(LatencyProbe probe, Subject subject);
  }

  /**
   * Starts the subject, measures it, stops it.
   *
   * @param transactional whether only what is committed counts
   */
  List<Reading> through(
      Variant.Trial trial, boolean transactional, Starters.Starter starter, Body body) {
    Stack stack = bench.stack();
    String input = "in-" + trial.id();
    String output = "out-" + trial.id();
    stack.topics().create(input, partitions);
    stack.topics().create(output, partitions);
    try (Subject subject = starter.start(trial, input, output)) {
      subject.awaitReady(READY_LIMIT);
      try (LatencyProbe probe =
          new LatencyProbe(
              stack.bootstrapServers(),
              input,
              output,
              partitions,
              transactional,
              stack.framed(workload, input))) {
        return body.measure(probe, subject);
      }
    } finally {
      bench.deleteTopics(trial, input, output);
    }
  }

  /** The floor: the outcome of a record is the record itself, read from its own topic. */
  List<Reading> past(Variant.Trial trial, LatencyBody body) {
    Stack stack = bench.stack();
    String topic = "in-" + trial.id();
    stack.topics().create(topic, partitions);
    try (LatencyProbe probe =
        new LatencyProbe(
            stack.bootstrapServers(),
            topic,
            topic,
            partitions,
            false,
            stack.framed(workload, topic))) {
      return body.measure(probe);
    } finally {
      bench.deleteTopics(trial, topic);
    }
  }

  /** Measures where there is no subject. */
  @FunctionalInterface
  interface LatencyBody {
    List<Reading> measure(LatencyProbe probe);
  }
}
