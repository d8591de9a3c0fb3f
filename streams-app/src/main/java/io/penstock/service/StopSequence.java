package io.penstock.service;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started and has to be stopped, in stages: the newest stage first, the parts of one
 * stage at the same time, and all of it within one time. A part that takes longer is left alone,
 * and the next stage begins; one that fails hinders no other. Thread-safe.
 */
final class StopSequence {

  private static final Logger log = LoggerFactory.getLogger(StopSequence.class);

  /** For a part that takes the whole of its time to come back. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private final LongSupplier nanoClock;
  private final Deque<Stage> stages = new ArrayDeque<>();

  /** An empty sequence. */
  StopSequence(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** How a part is stopped. */
  @FunctionalInterface
  interface Stop {

    /**
     * Stops it, within that time if it can. Called once, on a thread of its own.
     *
     * @throws TimeoutException with a sentence, if it could not
     */
    void within(Duration timeout) throws Exception;
  }

  /** Begins a stage, which is stopped before those that were begun earlier. */
  synchronized void stage(Duration atMost) {
    stages.push(new Stage(atMost, new ArrayList<>(), new ArrayList<>()));
  }

  /** Adds a part to the newest stage. */
  synchronized void add(String name, Stop stop) {
    stages.element().parts.add(new Part(name, stop));
  }

  /** Adds parts to the newest stage that come and go: those that there are when it is stopped. */
  synchronized void addAll(Supplier<Map<String, Stop>> parts) {
    stages.element().others.add(parts);
  }

  /**
   * Stops everything, also if the calling thread is interrupted. Idempotent.
   *
   * @param timeout for all of it; a stage gets what is left, but not more than its own time
   * @return what did not stop, or not cleanly, a sentence each
   */
  synchronized List<String> stop(Duration timeout) {
    Queue<String> problems = new ConcurrentLinkedQueue<>();
    long startNanos = nanoClock.getAsLong();
    while (!stages.isEmpty()) {
      Stage stage = stages.pop();
      Duration left = timeout.minusNanos(nanoClock.getAsLong() - startNanos);
      Duration bound = left.compareTo(stage.atMost) < 0 ? left : stage.atMost;
      stop(stage, bound.isNegative() ? Duration.ZERO : bound, problems);
    }
    return List.copyOf(problems);
  }

  private void stop(Stage stage, Duration timeout, Queue<String> problems) {
    List<Part> parts = new ArrayList<>(stage.parts);
    stage.others.forEach(
        others -> others.get().forEach((name, stop) -> parts.add(new Part(name, stop))));
    Map<Part, Thread> threads = new LinkedHashMap<>();
    parts.forEach(part -> threads.put(part, stopping(part, timeout, problems)));
    threads.values().forEach(Thread::start);
    long deadlineNanos = nanoClock.getAsLong() + timeout.plus(GRACE).toNanos();
    boolean interrupted = false;
    for (Map.Entry<Part, Thread> stopping : threads.entrySet()) {
      interrupted |= joinUntil(deadlineNanos, stopping.getValue());
      if (stopping.getValue().isAlive()) {
        String name = stopping.getKey().name;
        log.warn("did not stop in time, left alone part={} timeout={}", name, timeout);
        problems.add("%s: did not stop within %s, and is left alone".formatted(name, timeout));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits on though it is told not to: what comes next may only be stopped after this.
   *
   * @return whether it was told not to
   */
  private boolean joinUntil(long deadlineNanos, Thread thread) {
    boolean interrupted = false;
    while (true) {
      try {
        thread.join(Math.max(1, (deadlineNanos - nanoClock.getAsLong()) / 1_000_000));
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  private static Thread stopping(Part part, Duration timeout, Queue<String> problems) {
    Thread thread =
        new Thread(
            () -> {
              try {
                part.stop.within(timeout);
              } catch (TimeoutException e) {
                log.warn("did not stop in time part={} reason={}", part.name, e.getMessage());
                problems.add(part.name + ": " + e.getMessage());
              } catch (Exception e) {
                log.warn("did not stop cleanly part={}", part.name, e);
                problems.add(part.name + ": " + e);
              }
            },
            "stop-" + part.name);
    thread.setDaemon(true);
    return thread;
  }

  private record Stage(
      Duration atMost, List<Part> parts, List<Supplier<Map<String, Stop>>> others) {}

  private record Part(String name, Stop stop) {}
}
