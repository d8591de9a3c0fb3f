package io.penstock.model.lifecycle;

import io.penstock.model.source.AspiredVersion;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.SourceReport;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread that looks at a model's source: after each poll interval, when the source says that it
 * may have changed, and when it is told to. Thread-safe.
 */
final class SourceWatch implements AutoCloseable {

  /** How often the source is asked for hints, so at most so many scans a second come of them. */
  private static final Duration HINT_INTERVAL = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(SourceWatch.class);

  /** Confined to the thread, but for {@link ModelSource#hasChanged}. */
  private final ModelSource source;

  private final long pollNanos;
  private final Consumer<SourceReport> reports;
  private final ScheduledExecutorService thread;
  private boolean hasPolled;
  private long lastPollNanos;

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
   * Scans at once, and then runs something, whatever comes of the scan.
   *
   * @return false if the watch is closed, so that neither happens
   */
  boolean scanAndThen(Runnable next) {
    try {
      thread.execute(
          () -> {
            try {
              poll();
            } catch (RuntimeException | Error e) {
              LOG.error("A scan of the source failed.", e);
            }
            next.run();
          });
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** Tells the source which versions are wanted, before any scan that is asked for after this. */
  void wanted(Set<Long> versions) {
    try {
      thread.execute(() -> source.wanted(versions));
    } catch (RejectedExecutionException e) {
      LOG.debug("Not told what is wanted, since its watch is closed: {}.", source, e);
    }
  }

  /** Scans as soon as the thread is free, unless the watch is closed. Does not wait. */
  void scanSoon() {
    var unused = scanAndThen(() -> {});
  }

  /** Whether the source says so. On the caller's thread. */
  boolean hasChanged(AspiredVersion version) {
    return source.hasChanged(version);
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

  /** Whatever comes of it, there is a next look: an executor would not repeat one that throws. */
  private void look() {
    try {
      if (!hasPolled || System.nanoTime() - lastPollNanos >= pollNanos) {
        poll();
      } else if (source.mayHaveChanged()) {
        scan();
      }
    } catch (RuntimeException | Error e) {
      LOG.error("A look at the source failed. It is looked at again at the next poll.", e);
    }
  }

  /** A scan that no hint has brought about looks at everything, so the next poll can wait. */
  private void poll() {
    try {
      scan();
    } finally {
      hasPolled = true;
      lastPollNanos = System.nanoTime();
    }
  }

  private void scan() {
    reports.accept(source.scan());
  }
}
