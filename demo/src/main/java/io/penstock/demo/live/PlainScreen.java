package io.penstock.demo.live;

import java.io.PrintStream;
import java.time.Duration;
import java.util.Locale;
import java.util.stream.Collectors;

/** Lines of text, for a log or a pipe. */
public final class PlainScreen implements Screen {

  private final PrintStream out;

  public PlainScreen(PrintStream out) {
    this.out = out;
  }

  @Override
  public void event(String text) {
    out.println(text);
  }

  @Override
  public Duration interval() {
    return Duration.ofSeconds(1);
  }

  @Override
  public void show(Snapshot now) {
    String accuracy =
        now.accuracy().entrySet().stream()
            .map(
                version ->
                    String.format(
                        Locale.ROOT,
                        "version %d: %.1f %%",
                        version.getKey(),
                        100 * version.getValue().share()))
            .collect(Collectors.joining(", "));
    out.printf(
        Locale.ROOT,
        "%3d s  in %d  out %d  %.0f/s  p50 %d ms  p99 %d ms  batch %s  serving %s  accuracy %s%n",
        now.elapsed().toSeconds(),
        now.in(),
        now.out(),
        now.perSecond(),
        now.p50Millis(),
        now.p99Millis(),
        now.averageBatchRows().isPresent()
            ? String.format(Locale.ROOT, "%.1f", now.averageBatchRows().getAsDouble())
            : "-",
        now.serving().isPresent() ? String.valueOf(now.serving().getAsLong()) : "-",
        accuracy.isEmpty() ? "-" : accuracy);
  }

  @Override
  public void keep() {
    out.flush();
  }

  @Override
  public void close() {
    out.flush();
  }
}
