package io.penstock.pipeline;

import io.penstock.batching.Batcher;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.departure.Departures;
import java.util.function.LongSupplier;

/** A pipeline's {@link ThreadLane}s: each stream thread finds its own. */
public final class ThreadLanes {

  private final ThreadLocal<ThreadLane> lanes;
  private final PipelineStatistics statistics;
  private volatile boolean stopped;

  /**
   * @param budget what all stream threads of the process may have in flight
   * @param clock a monotonic clock in nanoseconds
   */
  public ThreadLanes(
      PipelineSettings settings,
      ByteBudget budget,
      Inference inference,
      LongSupplier clock,
      PipelineStatistics statistics) {
    this.statistics = statistics;
    Departures departures = new Departures();
    this.lanes =
        ThreadLocal.withInitial(
            () ->
                new ThreadLane(
                    new Batcher(
                        settings.limits(),
                        budget,
                        departures,
                        inference,
                        clock,
                        statistics::sealed),
                    settings.waits(),
                    settings.limits().plan(),
                    statistics,
                    clock));
  }

  PipelineStatistics statistics() {
    return statistics;
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
