package io.penstock.batching.auto;

import io.penstock.batching.plan.BatchPlan;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.LongUnaryOperator;

/**
 * A pipeline in virtual time: records arrive at random, one stream thread gathers them as {@code
 * Batcher} does, an inference thread runs what is sealed. Not thread-safe.
 */
final class SimulatedPipeline {

  private static final long QUIET_NANOS = 500_000;
  private static final long TICK_NANOS = 1_000_000;

  /** What Kafka Streams needs for a record. */
  private static final long TAKE_NANOS = 10_000;

  /** Of {@link #noise}. */
  private static final double MEAN_NOISE = 1.02;

  private final Random random;
  private final BatchPlan plan;
  private final LongFunction<ModelCurve> modelAt;
  private final LongUnaryOperator epochAt;

  private final ArrayDeque<Run> running = new ArrayDeque<>();
  private final ArrayDeque<Long> arrived = new ArrayDeque<>();
  private final Latencies latencies = new Latencies();
  private long[] open = new long[64];
  private int openRows;
  private long openedAt;
  private long lastRow = -QUIET_NANOS;
  private long now;
  private double nextArrival;
  private long backlog;
  private long taken;
  private int inFlight;
  private long freeAt;
  private long lastTick;

  private record Run(long epoch, long end, int rows, long nanos, long[] arrivals) {}

  /**
   * @param modelAt the model that serves at a time
   * @param epochAt the epoch of the decision that it serves by
   */
  SimulatedPipeline(
      long seed, BatchPlan plan, LongFunction<ModelCurve> modelAt, LongUnaryOperator epochAt) {
    this.random = new Random(seed);
    this.plan = plan;
    this.modelAt = modelAt;
    this.epochAt = epochAt;
  }

  /** One model, from the beginning. */
  SimulatedPipeline(long seed, BatchPlan plan, ModelCurve model) {
    this(seed, plan, at -> model, at -> 1);
  }

  /** Records a second that no setting exceeds by much. */
  static double capacity(ModelCurve model) {
    double most = 0;
    for (int rows = 1; rows <= 256; rows *= 2) {
      most = Math.max(most, 1e9 / (MEAN_NOISE * model.nanosPerRow(rows)));
    }
    return Math.min(1e9 / TAKE_NANOS, most);
  }

  /** Records computed so far. */
  long computed() {
    return taken - inFlight;
  }

  /** Of records that came one by one. */
  Latencies latencies() {
    return latencies;
  }

  long waiting() {
    return backlog + arrived.size();
  }

  /** So many records more wait at once. */
  void pile(long records) {
    backlog += records;
  }

  /** Goes on for so long, with so many records a second. */
  void run(double seconds, double rate) {
    long end = now + (long) (seconds * 1e9);
    nextArrival = rate == 0 ? Double.POSITIVE_INFINITY : now + gap(rate);
    while (now < end) {
      while (nextArrival <= now) {
        arrived.add((long) nextArrival);
        nextArrival += gap(rate);
      }
      collect();
      if (now - lastTick >= TICK_NANOS) {
        tick();
      }
      if (waiting() > 0 && inFlight < plan.target().inFlightRows()) {
        take();
      } else {
        tick();
        now = Math.min(end, nextEvent());
      }
    }
  }

  private double gap(double rate) {
    return -Math.log(1 - random.nextDouble()) * 1e9 / rate;
  }

  private long nextEvent() {
    double next = Math.min(now + TICK_NANOS * 20.0, nextArrival);
    if (!running.isEmpty()) {
      next = Math.min(next, running.peek().end);
    }
    if (openRows > 0) {
      next = Math.min(next, openedAt + plan.target().lingerNanos());
      if (running.isEmpty()) {
        next = Math.min(next, lastRow + QUIET_NANOS);
      }
    }
    return Math.max(now + 1, (long) Math.ceil(next));
  }

  private void take() {
    now += TAKE_NANOS;
    long arrival = -1;
    if (backlog > 0) {
      backlog--;
    } else {
      arrival = arrived.remove();
    }
    boolean quiet = now - lastRow >= QUIET_NANOS && running.isEmpty();
    lastRow = now;
    if (openRows == 0) {
      openedAt = now;
    }
    if (openRows == open.length) {
      open = Arrays.copyOf(open, 2 * openRows);
    }
    open[openRows++] = arrival;
    taken++;
    inFlight++;
    if (quiet || openRows >= plan.target().rows()) {
      seal();
    }
  }

  private void tick() {
    lastTick = now;
    plan.waits("thread", "partitions", waiting());
    plan.step(now, taken, inFlight);
    boolean quiet = now - lastRow >= QUIET_NANOS && running.isEmpty();
    if (openRows > 0 && (quiet || now - openedAt >= plan.target().lingerNanos())) {
      seal();
    }
  }

  private void seal() {
    long nanos = (long) (modelAt.apply(now).nanos(openRows) * noise());
    freeAt = Math.max(now, freeAt) + nanos;
    running.add(
        new Run(epochAt.applyAsLong(now), freeAt, openRows, nanos, Arrays.copyOf(open, openRows)));
    openRows = 0;
  }

  /** 15 % either way, and one run of 200 takes three times as long. */
  private double noise() {
    double spread = Math.exp(0.15 * random.nextGaussian());
    return random.nextInt(200) == 0 ? 3 * spread : spread;
  }

  private void collect() {
    while (!running.isEmpty() && running.peek().end <= now) {
      Run run = running.remove();
      inFlight -= run.rows;
      plan.ran(run.epoch, run.rows, run.nanos);
      for (long arrival : run.arrivals) {
        if (arrival >= 0) {
          latencies.add(run.end - arrival);
        }
      }
    }
  }
}
