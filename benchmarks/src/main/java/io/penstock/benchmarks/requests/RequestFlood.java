package io.penstock.benchmarks.requests;

import io.penstock.benchmarks.report.Metric;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;
import org.jspecify.annotations.Nullable;

/**
 * So many clients, each of which asks again as soon as it has its answer: as many requests are on
 * their way at any time. What takes longer is asked less often, so that latencies are those of so
 * many clients, not of a rate. One thread begins and ends it, answers come on any.
 */
public final class RequestFlood implements AutoCloseable {

  private static final Duration LATE_LIMIT = Duration.ofSeconds(30);
  private static final Duration CHECK_INTERVAL = Duration.ofMillis(50);
  private static final int DIGITS = 3;
  private static final double MILLI = 1e6;

  private final RequestClient client;
  private final int clients;
  private final Recorder latencies = new Recorder(DIGITS);
  private final AtomicLong asked = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private volatile boolean going;
  private long startNanos;

  /** A flood that has not begun. */
  public RequestFlood(RequestClient client, int clients) {
    this.client = client;
    this.clients = clients;
  }

  /**
   * Waits until a request is answered, as a service that has just started may have no model yet.
   *
   * @throws IllegalStateException if none is in time
   */
  public void awaitAnswer(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    for (Throwable failure = tried(); failure != null; failure = tried()) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("No request is answered: " + failure, failure);
      }
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
  }

  private @Nullable Throwable tried() {
    CompletableFuture<@Nullable Throwable> outcome = new CompletableFuture<>();
    client.ask(0, outcome::complete);
    try {
      return outcome.get(LATE_LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return e;
    } catch (ExecutionException | TimeoutException e) {
      return e;
    }
  }

  /** Begins, with nothing counted yet. */
  public void begin() {
    latencies.reset();
    asked.set(0);
    answered.set(0);
    refused.set(0);
    startNanos = System.nanoTime();
    going = true;
    for (int i = 0; i < clients; i++) {
      ask();
    }
  }

  private void ask() {
    long number = asked.getAndIncrement();
    long start = System.nanoTime();
    client.ask(
        number,
        failure -> {
          latencies.recordValue(System.nanoTime() - start);
          (failure == null ? answered : refused).incrementAndGet();
          if (going) {
            ask();
          }
        });
  }

  /**
   * Ends, and says what came of it. Waits for answers, but not for ever: the others are missing.
   */
  public Map<Metric, Double> end() {
    going = false;
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    long inTime = answered.get();
    long deadline = System.nanoTime() + LATE_LIMIT.toNanos();
    while (answered.get() + refused.get() < asked.get() && System.nanoTime() < deadline) {
      LockSupport.parkNanos(CHECK_INTERVAL.toNanos());
    }
    Histogram took = latencies.getIntervalHistogram();
    Map<Metric, Double> metrics = new EnumMap<>(Metric.class);
    metrics.put(Metric.REQUEST_RATE, inTime / seconds);
    metrics.put(Metric.REQUESTS, (double) asked.get());
    metrics.put(Metric.ANSWERS, (double) answered.get());
    metrics.put(Metric.REQUEST_P50_MILLIS, took.getValueAtPercentile(50) / MILLI);
    metrics.put(Metric.REQUEST_P99_MILLIS, took.getValueAtPercentile(99) / MILLI);
    return metrics;
  }

  @Override
  public void close() {
    going = false;
    client.close();
  }
}
