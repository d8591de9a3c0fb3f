package io.penstock.batching.auto;

import java.util.concurrent.TimeUnit;

/**
 * What batches would do to a pipeline, if load and runs stayed as they are. Immutable.
 *
 * <p>A record waits for its batch to fill, for the run before and for its own: linger and two runs
 * are what the goal has to hold. Where runs cannot keep to that at all, lingers are 0.
 */
record Forecast(Load load, RunCurve curve, TuningLimits limits) {

  private static final long SHORTEST_LINGER_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  /** Busier than that, queues form that are longer than the goal. */
  private static final double TOO_BUSY = 0.8;

  /** The share of time for which inference runs, with batches of so many rows or that linger. */
  double busy(int rows, long lingerNanos) {
    return busy(together(rows, lingerNanos));
  }

  private double busy(double together) {
    return load.arrivalRate() / 1e9 * curve.nanos(together) / together / limits.runners();
  }

  /** Rows of a batch that is sealed when it has so many, or has lingered. */
  private double together(int rows, long lingerNanos) {
    return Math.max(1, Math.min(rows, gathered(lingerNanos)));
  }

  private double gathered(long nanos) {
    return load.arrivalRate() / 1e9 / limits.gatherers() * nanos;
  }

  /** Whether the goal holds for that linger. */
  boolean isQuick(int rows, long lingerNanos) {
    return lingerNanos == 0
        || lingerNanos + 2 * curve.nanos(together(rows, lingerNanos)) <= limits.latencyNanos();
  }

  /**
   * The most rows that are run within a third of the goal; more if inference would be too busy.
   *
   * @param last the size that rows should not exceed
   */
  int rows(int last) {
    int rung = 0;
    while (rung < last
        && (curve.nanos(limits.sizes().get(rung + 1)) <= limits.latencyNanos() / 3.0
            || busy((double) limits.sizes().get(rung)) > TOO_BUSY)) {
      rung++;
    }
    return limits.sizes().get(rung);
  }

  /** The shortest linger that leaves inference no busier; else the longest that is of use. */
  long linger(int rows, double busy) {
    long linger = 0;
    long longer = SHORTEST_LINGER_NANOS;
    while (busy(rows, linger) > busy && gathered(linger) < rows && isQuick(rows, longer)) {
      linger = longer;
      longer *= 2;
    }
    return linger;
  }
}
