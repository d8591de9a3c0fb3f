package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.subject.JvmOptions;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * A method of a JMH benchmark in a process of its own, with the service's Java options: time per
 * operation in the best of many short iterations, since what else runs can only add to it, and
 * bytes per operation by count.
 */
final class JmhVariant {

  private static final String ALLOCATED = "gc.alloc.rate.norm";
  private static final List<String> HEAP = List.of("-Xms512m", "-Xmx512m");

  private static final TimeValue ITERATION = TimeValue.milliseconds(250);

  private JmhVariant() {}

  /**
   * A variant.
   *
   * @param quick whether a first impression is enough
   */
  static Variant of(String name, Class<?> benchmark, String method, boolean quick) {
    return new Variant(
        name,
        Map.of("benchmark", benchmark.getSimpleName() + "." + method),
        trial -> List.of(measure(benchmark.getName() + "." + method, trial, quick)));
  }

  private static Reading measure(String method, Variant.Trial trial, boolean quick)
      throws RunnerException {
    Path log = trial.kept().resolve(trial.id() + ".txt");
    Collection<RunResult> results =
        new Runner(
                new OptionsBuilder()
                    .include("^" + Pattern.quote(method) + "$")
                    .forks(1)
                    .warmupIterations(quick ? 4 : 8)
                    .warmupTime(ITERATION)
                    .measurementIterations(quick ? 10 : 25)
                    .measurementTime(ITERATION)
                    .addProfiler(GCProfiler.class)
                    .jvmArgs(JvmOptions.of(trial.folder(), HEAP).toArray(String[]::new))
                    .shouldFailOnError(true)
                    .output(log.toString())
                    .build())
            .run();
    if (results.isEmpty()) {
      throw new IllegalStateException("No result of " + method + "; see " + log);
    }
    return reading(results.iterator().next());
  }

  private static Reading reading(RunResult result) {
    Result<?> allocated = result.getSecondaryResults().get(ALLOCATED);
    if (allocated == null) {
      throw new IllegalStateException(
          "JMH does not count what is allocated: %s (expected: %s)"
              .formatted(result.getSecondaryResults().keySet(), ALLOCATED));
    }
    return new Reading(
        "",
        Map.of(
            Metric.NANOS_PER_OPERATION,
            result.getPrimaryResult().getStatistics().getMin(),
            Metric.BYTES_PER_OPERATION,
            allocated.getScore()));
  }
}
