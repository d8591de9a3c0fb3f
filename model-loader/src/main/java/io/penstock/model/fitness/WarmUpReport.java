package io.penstock.model.fitness;

import java.time.Duration;
import java.util.Locale;

/**
 * How a version's warm-up went.
 *
 * @param recorded recorded requests that were run
 * @param runs runs in all, those of recorded requests among them
 * @param first how long the first run took
 * @param last how long the last one took, of the largest batch that will be run
 * @param total how long all of it took, pauses included
 */
public record WarmUpReport(int recorded, int runs, Duration first, Duration last, Duration total) {

  /** {@code 14 runs, 2 of them recorded, in 0.4 s: the first took 192.0 ms, the last 0.2 ms}. */
  @Override
  public String toString() {
    if (runs == 0) {
      return "no run";
    }
    return String.format(
        Locale.ROOT,
        "%d runs, %s, in %.1f s: the first took %.1f ms, the last %.1f ms",
        runs,
        recorded == 0 ? "all synthetic" : recorded + " of them recorded",
        total.toNanos() / 1e9,
        first.toNanos() / 1e6,
        last.toNanos() / 1e6);
  }
}
