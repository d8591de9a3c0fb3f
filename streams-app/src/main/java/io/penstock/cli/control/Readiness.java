package io.penstock.cli.control;

import io.penstock.cli.shell.Terminal;
import io.penstock.control.client.FleetFeed;
import io.penstock.control.client.FleetView;
import java.io.PrintWriter;
import java.util.Optional;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;

/**
 * How many instances are ready for a version: a bar at a terminal, a line for each change
 * elsewhere. Not thread-safe.
 */
final class Readiness implements AutoCloseable {

  private static final int REFRESH_MILLIS = 200;

  private final FleetFeed fleet;
  private final String model;
  private final long epoch;
  private final @Nullable PrintWriter out;
  private final Optional<ProgressBar> bar;
  private FleetView.@Nullable Progress last;

  /**
   * The readiness for a promotion.
   *
   * @param out where to say it; null: nowhere
   */
  Readiness(FleetFeed fleet, String model, long epoch, @Nullable PrintWriter out) {
    this.fleet = fleet;
    this.model = model;
    this.epoch = epoch;
    this.out = out;
    this.bar =
        out == null || !Terminal.isWatched()
            ? Optional.empty()
            : Optional.of(
                new ProgressBarBuilder()
                    .setTaskName("instances ready")
                    .setStyle(ProgressBarStyle.ASCII)
                    .setUpdateIntervalMillis(REFRESH_MILLIS)
                    .hideEta()
                    .build());
  }

  /** Whether it has changed since the last call; says so to the user. */
  boolean advances() {
    FleetView.Progress now = fleet.refresh().progress(model, epoch);
    if (now.equals(last)) {
      return false;
    }
    last = now;
    String waits =
        now.waitedFor().isEmpty() ? "" : "waits for " + String.join(", ", now.waitedFor());
    if (bar.isPresent()) {
      bar.get().maxHint(now.instances());
      bar.get().stepTo(now.ready());
      bar.get().setExtraMessage(waits);
    } else if (out != null) {
      out.printf(
          "%d of %d instances ready%s%n",
          now.ready(), now.instances(), waits.isEmpty() ? "" : ", " + waits);
    }
    return true;
  }

  @Override
  public void close() {
    bar.ifPresent(ProgressBar::close);
  }
}
