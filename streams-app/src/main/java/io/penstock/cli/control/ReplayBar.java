package io.penstock.cli.control;

import io.penstock.cli.shell.Terminal;
import io.penstock.replay.run.ReplayRun;
import java.io.PrintWriter;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/** How far a replay is: a bar at a terminal, a line for each tenth elsewhere. Not thread-safe. */
final class ReplayBar implements ReplayRun.Progress, AutoCloseable {

  private static final int REFRESH_MILLIS = 200;
  private static final int TENTHS = 10;

  private final @Nullable PrintWriter out;
  private Optional<ProgressBar> bar = Optional.empty();
  private long tenths;

  /**
   * A replay that has not begun.
   *
   * @param out where to say it; null: nowhere
   */
  ReplayBar(@Nullable PrintWriter out) {
    this.out = out;
  }

  @Override
  public void at(long offsets, long all) {
    if (out == null) {
      return;
    }
    if (Terminal.isWatched()) {
      // Not before there is something to show: versions are loaded first, and tell of it.
      if (bar.isEmpty()) {
        bar =
            Optional.of(
                new ProgressBarBuilder()
                    .setTaskName("offsets read")
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .setInitialMax(all)
                    .build());
      }
      bar.get().stepTo(offsets);
    } else if (all > 0 && offsets * TENTHS / all > tenths) {
      tenths = offsets * TENTHS / all;
      out.printf("%d of %d offsets read%n", offsets, all);
    }
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
