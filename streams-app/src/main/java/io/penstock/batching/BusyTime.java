package io.penstock.batching;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * For how long runs of a version were on their way, one or several at a time. Thread-safe, without
 * a lock.
 */
final class BusyTime {

  /**
   * @param runs on their way now
   * @param sinceNanos when the first of them began
   * @param beforeNanos what there was until then
   */
  private record State(int runs, long sinceNanos, long beforeNanos) {

    long nanos(long now) {
      return runs == 0 ? beforeNanos : beforeNanos + now - sinceNanos;
    }
  }

  private final AtomicReference<State> state = new AtomicReference<>(new State(0, 0, 0));

  void began(long now) {
    state.updateAndGet(
        before ->
            before.runs == 0
                ? new State(1, now, before.beforeNanos)
                : new State(before.runs + 1, before.sinceNanos, before.beforeNanos));
  }

  void ended(long now) {
    state.updateAndGet(
        before ->
            before.runs == 1
                ? new State(0, 0, before.nanos(now))
                : new State(before.runs - 1, before.sinceNanos, before.beforeNanos));
  }

  /** All of it until now. */
  long nanos(long now) {
    return Objects.requireNonNull(state.get()).nanos(now);
  }
}
