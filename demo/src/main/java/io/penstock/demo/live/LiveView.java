package io.penstock.demo.live;

import java.time.Duration;
import java.util.OptionalDouble;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Shows on a screen how things stand, again and again, from a thread of its own. */
public final class LiveView implements AutoCloseable {

  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread view = new Thread(task, "live-view");
            view.setDaemon(true);
            return view;
          });

  private final Screen screen;
  private final LiveStatistics statistics;
  private final LongSupplier in;
  private final Supplier<OptionalDouble> averageBatchRows;
  private final long startNanos = System.nanoTime();
  private final ScheduledFuture<?> drawing;

  /** A view that begins now. */
  public LiveView(
      Screen screen,
      LiveStatistics statistics,
      LongSupplier in,
      Supplier<OptionalDouble> averageBatchRows) {
    this.screen = screen;
    this.statistics = statistics;
    this.in = in;
    this.averageBatchRows = averageBatchRows;
    long interval = screen.interval().toMillis();
    drawing = thread.scheduleAtFixedRate(this::show, interval, interval, TimeUnit.MILLISECONDS);
  }

  private void show() {
    long now = System.nanoTime();
    screen.show(
        statistics.snapshot(
            Duration.ofNanos(now - startNanos), now, in.getAsLong(), averageBatchRows.get()));
  }

  /** Shows how things stand in the end, and leaves it there. */
  @Override
  public void close() {
    drawing.cancel(false);
    thread.shutdown();
    try {
      thread.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    show();
    screen.keep();
  }
}
