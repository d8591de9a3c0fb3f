package io.penstock.demo.live;

import io.penstock.demo.check.Accuracy;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.utils.AttributedString;
import org.jline.utils.AttributedStringBuilder;
import org.jline.utils.AttributedStyle;
import org.jline.utils.Display;
import org.jspecify.annotations.Nullable;

/** A few lines at the bottom of a terminal that are drawn over, with the events above them. */
public final class TerminalScreen implements Screen {

  private static final int BAR_CELLS = 40;
  private static final Size ASSUMED_SIZE = Size.of(80, 24);

  private final Terminal terminal;
  private final Display display;
  // @GuardedBy("this")
  private @Nullable Snapshot latest;

  private TerminalScreen(Terminal terminal) {
    this.terminal = terminal;
    this.display = new Display(terminal, false);
  }

  /** A screen on the terminal that standard output goes to, if it goes to one. */
  public static Optional<Screen> open() {
    try {
      // Its input is not ours to read (paused), so it must not be asked what it can do either: a
      // terminal answers such questions as if the user had typed.
      Terminal terminal =
          TerminalBuilder.builder()
              .systemOutput(TerminalBuilder.SystemOutput.SysOut)
              .dumb(true)
              .paused(true)
              .graphemeCluster(false)
              // Ctrl-C stays with the JVM and its shutdown hooks.
              .nativeSignals(false)
              .build();
      if (terminal.getType().startsWith(Terminal.TYPE_DUMB)) {
        terminal.close();
        return Optional.empty();
      }
      return Optional.of(new TerminalScreen(terminal));
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  @Override
  public synchronized void event(String text) {
    print(text);
    if (latest != null) {
      draw(lines(latest));
    }
  }

  @Override
  public Duration interval() {
    return Duration.ofMillis(200);
  }

  @Override
  public synchronized void show(Snapshot snapshot) {
    latest = snapshot;
    draw(lines(snapshot));
  }

  @Override
  public synchronized void keep() {
    if (latest != null) {
      lines(latest).forEach(line -> print(line.toAnsi(terminal)));
      latest = null;
    }
  }

  @Override
  public synchronized void close() {
    keep();
    try {
      terminal.close();
    } catch (IOException e) {
      // Nothing more will be shown, so nothing is missed.
    }
  }

  /** Writes where the drawn lines are, which are gone then. */
  private void print(String text) {
    draw(List.of());
    terminal.writer().println(text);
    terminal.flush();
    display.reset();
  }

  private void draw(List<AttributedString> lines) {
    // A window may change its size at any time, and some say that they have none.
    Size window = terminal.getSize();
    Size size = window.getColumns() > 0 && window.getRows() > 0 ? window : ASSUMED_SIZE;
    display.resize(size);
    // The cursor stays at the first of the lines, from where they can be left behind.
    display.update(
        lines.stream().map(line -> line.columnSubSequence(0, size.getColumns() - 1)).toList(), 0);
  }

  private static List<AttributedString> lines(Snapshot now) {
    List<AttributedString> lines = new ArrayList<>();
    lines.add(AttributedString.EMPTY);
    lines.add(
        line(
            "records",
            "in %,d   out %,d   %.0f/s".formatted(now.in(), now.out(), now.perSecond())));
    String batch =
        now.averageBatchRows().isPresent()
            ? String.format(
                Locale.ROOT, "   average batch %.1f", now.averageBatchRows().getAsDouble())
            : "";
    lines.add(
        line(
            "latency",
            "p50 %d ms   p99 %d ms%s".formatted(now.p50Millis(), now.p99Millis(), batch)));
    for (Map.Entry<Long, Accuracy> version : now.accuracy().entrySet()) {
      lines.add(accuracy(version.getKey(), version.getValue(), now));
    }
    return lines;
  }

  private static AttributedString line(String name, String text) {
    return new AttributedStringBuilder()
        .append(String.format(Locale.ROOT, "  %-10s", name), AttributedStyle.DEFAULT.faint())
        .append(text)
        .toAttributedString();
  }

  private static AttributedString accuracy(long version, Accuracy accuracy, Snapshot now) {
    boolean serves = now.serving().isPresent() && now.serving().getAsLong() == version;
    AttributedStyle style =
        serves
            ? AttributedStyle.BOLD.foreground(AttributedStyle.GREEN)
            : AttributedStyle.DEFAULT.faint();
    int cells = (int) Math.round(accuracy.share() * BAR_CELLS);
    return new AttributedStringBuilder()
        .append(
            String.format(Locale.ROOT, "  %-10s", "version " + version),
            AttributedStyle.DEFAULT.faint())
        .append("█".repeat(cells) + "░".repeat(BAR_CELLS - cells), style)
        .append(
            String.format(
                Locale.ROOT,
                " %5.1f %% right of %,d%s",
                100 * accuracy.share(),
                accuracy.all(),
                serves ? "   serving" : ""))
        .toAttributedString();
  }
}
