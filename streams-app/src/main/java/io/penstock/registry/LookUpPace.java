package io.penstock.registry;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.function.LongConsumer;

/**
 * How fast ids are looked up that a registry turns out not to know: a thousand at once, then a
 * hundred a second, whichever threads ask. Records that only look framed name another id each, so
 * that remembering unknown ones is no bound. Whoever is too fast waits; nobody is refused unasked,
 * since the id of a new schema looks no different.
 *
 * <p>Leaky bucket by arrival times (ITU-T I.371's generic cell rate algorithm). Thread-safe.
 */
final class LookUpPace {

  private static final long NANOS_EACH = Duration.ofMillis(10).toNanos();
  private static final long AT_ONCE = 1_000;

  private final Ticker ticker;
  private final LongConsumer pause;

  /** When the bucket will be empty. */
  private long emptyAtNanos;

  /**
   * @param ticker a monotonic clock
   * @param pause waits for so many nanoseconds, or less
   */
  LookUpPace(Ticker ticker, LongConsumer pause) {
    this.ticker = ticker;
    this.pause = pause;
    this.emptyAtNanos = ticker.read();
  }

  /** Waits until an id may be looked up; at once for most. Returns early when interrupted. */
  void await() {
    for (long nanos = nanosToWait();
        nanos > 0 && !Thread.currentThread().isInterrupted();
        nanos = nanosToWait()) {
      pause.accept(nanos);
    }
  }

  /** The registry did not know an id. */
  synchronized void missed() {
    long now = ticker.read();
    emptyAtNanos = (emptyAtNanos - now > 0 ? emptyAtNanos : now) + NANOS_EACH;
  }

  private synchronized long nanosToWait() {
    return emptyAtNanos - ticker.read() - (AT_ONCE - 1) * NANOS_EACH;
  }
}
