package io.penstock.pipeline;

import io.penstock.batching.Batcher;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.departure.Departures;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.slf4j.MDC;

/** A pipeline's {@link ThreadLane}s: each stream thread finds its own. */
public final class ThreadLanes {

  private final ThreadLocal<ThreadLane> lanes;
  private final PipelineSettings.Topics topics;
  private final PipelineStatistics statistics;
  private final LongSupplier clock;
  private final InstantSource time;
  private final Horizon horizon;
  private volatile boolean stopped;

  /** Lanes that are never held back; see the other constructor. */
  public ThreadLanes(
      PipelineSettings settings,
      InFlightBudget budget,
      Inference inference,
      LongSupplier clock,
      InstantSource time,
      PipelineStatistics statistics) {
    this(settings, budget, inference, clock, time, statistics, new Horizon(() -> {}));
  }

  /**
   * @param budget what all stream threads of the process may have in flight
   * @param clock a monotonic clock in nanoseconds
   * @param time of day, which records' timestamps are compared with
   * @param horizon of the pipeline, whichever lanes it has
   */
  public ThreadLanes(
      PipelineSettings settings,
      InFlightBudget budget,
      Inference inference,
      LongSupplier clock,
      InstantSource time,
      PipelineStatistics statistics,
      Horizon horizon) {
    this.topics = settings.topics();
    this.statistics = statistics;
    this.clock = clock;
    this.time = time;
    this.horizon = horizon;
    Departures departures = new Departures();
    this.lanes =
        ThreadLocal.withInitial(
            () -> {
              MDC.put("pipeline", settings.name());
              return new ThreadLane(
                  new Batcher(
                      settings.limits(), budget, departures, inference, clock, statistics::sealed),
                  settings.limits(),
                  settings.waits(),
                  statistics,
                  clock);
            });
  }

  /** The topics of their pipeline. */
  public PipelineSettings.Topics topics() {
    return topics;
  }

  PipelineStatistics statistics() {
    return statistics;
  }

  /** Is told what was read before that is processed. */
  public Horizon horizon() {
    return horizon;
  }

  /** A monotonic time. */
  long nanos() {
    return clock.getAsLong();
  }

  /** The time of day. */
  InstantSource time() {
    return time;
  }

  /** How long ago a record's timestamp is, in milliseconds. */
  long ageMillis(long timestamp) {
    return time.millis() - timestamp;
  }

  /**
   * The pipeline stops with all of these threads: none of them comes back, so that none should stay
   * in the group.
   */
  public void stop() {
    stopped = true;
  }

  /** Whether the pipeline has stopped with these threads. */
  public boolean areStopped() {
    return stopped;
  }

  /** The lane of the calling stream thread. */
  public ThreadLane current() {
    return lanes.get();
  }
}
