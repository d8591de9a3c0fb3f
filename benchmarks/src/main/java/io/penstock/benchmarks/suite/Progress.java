package io.penstock.benchmarks.suite;

import io.penstock.benchmarks.report.Measurement;
import io.penstock.benchmarks.report.Metric;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/**
 * How far a run is, and what it has measured so far: a bar with the time left at a terminal, lines
 * elsewhere. Not thread-safe.
 */
public final class Progress implements AutoCloseable {

  private static final int MOST_POINTS = 15;
  private static final int REFRESH_MILLIS = 500;

  private final PrintStream out;
  private final Optional<ProgressBar> bar;
  private final long start = System.nanoTime();
  private final int steps;
  private int done;
  private String current = "";

  /**
   * Progress of that many steps.
   *
   * @param drawn whether standard error is a terminal, where a bar can be drawn
   */
  public Progress(PrintStream out, int steps, boolean drawn) {
    this.out = out;
    this.steps = steps;
    this.bar =
        drawn
            ? Optional.of(
                new ProgressBarBuilder()
                    .setInitialMax(steps)
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .continuousUpdate()
                    .build())
            : Optional.empty();
  }

  void starts(String what) {
    current = what;
    bar.ifPresent(b -> b.setExtraMessage(what));
  }

  /** Tells what a variant came to; of a timeline only where it ends. */
  void measured(List<Measurement> measurements) {
    if (bar.isEmpty()) {
      measurements.stream()
          .skip(measurements.size() > MOST_POINTS ? measurements.size() - 1 : 0)
          .forEach(m -> out.printf("[%d/%d, %s left] %s%n", done + 1, steps, left(), line(m)));
    }
  }

  void step() {
    done++;
    bar.ifPresent(ProgressBar::step);
  }

  private String left() {
    if (done == 0) {
      return "?";
    }
    long seconds = (System.nanoTime() - start) / 1_000_000_000 * (steps - done) / done;
    return Duration.ofSeconds(seconds).toString().substring(2).toLowerCase(Locale.ROOT);
  }

  private String line(Measurement measurement) {
    StringBuilder line = new StringBuilder(current);
    if (!measurement.point().isEmpty()) {
      line.append(" @ ").append(measurement.point());
    }
    measurement.failure().ifPresent(failure -> line.append(" FAILED: ").append(failure));
    for (Map.Entry<Metric, Double> entry : measurement.metrics().entrySet()) {
      Metric metric = entry.getKey();
      line.append("  ").append(metric.label()).append(' ').append(metric.format(entry.getValue()));
    }
    return line.toString();
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
