package io.penstock.model.lifecycle;

import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The thread that looks at a model's source: after each poll interval, when the source says that it
 * may have changed, and when it is told to. Thread-safe.
 */
final class SourceWatch implements AutoCloseable {

  /** How often the source is asked for hints, so at most so many scans a second come of them. */
  private static final Duration HINT_INTERVAL = Duration.ofMillis(100);

  /** Confined to the thread. */
  private final ModelSource source;

  private final long pollNanos;
  private final Consumer<SourceReport> reports;
  private final ScheduledExecutorService thread;
  private boolean hasScanned;
  private long lastScanNanos;

  /**
   * A watch at rest.
   *
   * @param reports hears of every scan, on the thread; must not block
   */
  SourceWatch(
      ModelSource source,
      Duration pollInterval,
      Consumer<SourceReport> reports,
      ThreadFactory threads) {
    this.source = source;
    this.pollNanos = pollInterval.toNanos();
    this.reports = reports;
    this.thread = Executors.newSingleThreadScheduledExecutor(threads);
  }

  /** Sets to work. To be called once. */
  void start() {
    long askNanos = Math.min(pollNanos, HINT_INTERVAL.toNanos());
    var unused = thread.scheduleWithFixedDelay(this::look, 0, askNanos, TimeUnit.NANOSECONDS);
  }

  /**
   * Scans at once, and then runs something.
   *
   * @return false if the watch is closed, so that neither happens
   */
  boolean scanAndThen(Runnable next) {
    try {
      thread.execute(
          () -> {
            scan();
            next.run();
          });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Runs something after a while, unless the watch is closed by then. */
  void after(Duration delay, Runnable task) {
    try {
      var unused = thread.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
    } catch (RejectedExecutionException e) {
      // Closed: nothing is to happen any more.
    }
  }

  /** Ends after the scan that runs now, and closes the source. Does not wait. */
  @Override
  public void close() {
    try {
      thread.execute(source::close);
    } catch (RejectedExecutionException e) {
      return;
    }
    thread.shutdown();
  }

  private void look() {
    boolean due = !hasScanned || System.nanoTime() - lastScanNanos >= pollNanos;
    if (due || source.mayHaveChanged()) {
      scan();
    }
  }

  private void scan() {
    SourceReport report = source.scan();
    hasScanned = true;
    lastScanNanos = System.nanoTime();
    reports.accept(report);
  }
}
