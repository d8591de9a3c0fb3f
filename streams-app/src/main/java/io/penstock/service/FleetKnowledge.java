package io.penstock.service;

import io.penstock.config.ControlConfig.WhenStale;
import io.penstock.requests.RefusedRequestException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Until when this instance knows what the fleet serves, as requests have to be told: what pipelines
 * pause for, requests are refused for. Thread-safe.
 */
final class FleetKnowledge {

  private final WhenStale whenStale;
  private final LongSupplier clock;
  private volatile @Nullable Long untilNanos;

  /**
   * @param whenStale what becomes of requests afterwards
   * @param clock a monotonic clock in nanoseconds
   */
  FleetKnowledge(WhenStale whenStale, LongSupplier clock) {
    this.whenStale = whenStale;
    this.clock = clock;
  }

  /** It counts as known until then. */
  void known(long nanos) {
    untilNanos = nanos;
  }

  /**
   * Lets a request pass that goes by what the fleet has decided.
   *
   * @throws RefusedRequestException if that is not known
   */
  void require() {
    Long until = untilNanos;
    if (until == null) {
      throw RefusedRequestException.unavailable(
          "the service is starting and does not know yet what the fleet serves: send it again later");
    }
    if (whenStale == WhenStale.PAUSE && clock.getAsLong() - until > 0) {
      throw RefusedRequestException.unavailable(
          "this instance does not know what the fleet serves, since it has been cut off from the"
              + " decisions for longer than control.max-staleness: send it to another instance, or"
              + " name a version");
    }
  }
}
