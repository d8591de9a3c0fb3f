package io.penstock.batching.auto;

import io.penstock.batching.auto.Tuning.Mode;
import io.penstock.batching.plan.BatchTarget;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Decides rows and linger: a pure function from what is known, and another observation, to what is
 * known then.
 *
 * <p><b>Catching up</b>, it searches once for the rows at which a row is cheapest, by a {@link
 * Climb}, and keeps to the fewest that are nearly so. <b>Keeping up</b>, it lets rows linger no
 * longer than it takes to leave inference about half idle, and never so long that the goal is at
 * risk, as far as a {@link Forecast} tells.
 *
 * <p>It changes its mind on evidence of seconds, and no more often than {@link Pace} allows.
 */
final class BatchTuner {

  /** Inference that is busy for longer than that has rows linger for longer. */
  private static final double BUSY = 0.65;

  /** So much of inference is used when the linger is chosen; less, when a shorter one is. */
  private static final double HALF = 0.5;

  private static final double LESS_THAN_HALF = 0.4;

  /** Busier than that even with the best batches, it can only catch up. */
  private static final double OVERLOADED = 0.9;

  /** How far below that it has to be to keep up again. */
  private static final double BEARABLE = 0.8;

  private static final long BEHIND_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long CAUGHT_UP_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long WISH_NANOS = TimeUnit.SECONDS.toNanos(3);
  private static final long FIRST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /**
   * A row that costs so many times more or less than it did means that the search is out of date.
   */
  private static final double OTHER_COST = 1.5;

  /** While it catches up, a run may take that many times the goal. */
  private static final int LONG_RUN = 10;

  /** While it catches up, a batch may fill for that many times its run. */
  private static final int FILLING_RUNS = 4;

  private final TuningLimits limits;

  BatchTuner(TuningLimits limits) {
    this.limits = limits;
  }

  /** What is known before anything has run: one row is what any model can bear. */
  Tuning start(Load.Observation first) {
    return Tuning.starting(target(limits.sizes().get(0), 0, "nothing has run yet"), first);
  }

  /** What is known, and decided, after that observation. */
  Tuning next(Tuning before, Load.Observation seen, RunCurve curve) {
    Load load = before.load().after(seen, limits, before.target().rows());
    Tuning now = before.observed(load, curve.epoch());
    if (!curve.isKnown()) {
      return now;
    }
    return switch (now.mode()) {
      case STARTING -> start(now, curve);
      case CATCHING_UP -> now.isClimbing() ? climb(now, curve) : catchUp(now, curve);
      case KEEPING_UP -> keepUp(now, curve);
    };
  }

  private Tuning start(Tuning now, RunCurve curve) {
    if (now.load().ageNanos() < FIRST_LOOK_NANOS) {
      return now;
    }
    return now.load().isBehind(1)
        ? beginCatchingUp(now, curve)
        : now.decided(Mode.KEEPING_UP, keepingUp(now, curve, HALF));
  }

  // Catching up

  private Tuning beginCatchingUp(Tuning now, RunCurve curve) {
    if (now.climb() != null && now.climb().isDone()) {
      return now.decided(Mode.CATCHING_UP, cheapest(now, now.climb(), curve));
    }
    int rung = limits.nearest(now.target().rows());
    return climb(now, Climb.from(rung, now.nowNanos(), curve), curve);
  }

  private Tuning climb(Tuning now, RunCurve curve) {
    Climb climb = now.climb();
    if (climb == null) {
      return now;
    }
    if (mayKeepUp(now, curve)) {
      // Batches do not fill any more: the search begins anew when they do.
      Tuning without = now.with(null);
      return without.decided(Mode.KEEPING_UP, keepingUp(without, curve, HALF));
    }
    Climb next = climb.next(now.nowNanos(), curve, limits, longestRunNanos(curve));
    if (!next.isDone()) {
      return climb(now, next, curve);
    }
    return now.with(next).decided(Mode.CATCHING_UP, cheapest(now, next, curve));
  }

  private Tuning climb(Tuning now, Climb climb, RunCurve curve) {
    int rows = limits.sizes().get(climb.rung());
    return now.climbing(
        climb, target(rows, fillingLinger(rows, curve), "trying " + rows + " rows"));
  }

  private double longestRunNanos(RunCurve curve) {
    return Math.max((double) LONG_RUN * limits.latencyNanos(), 2 * curve.nanos(1));
  }

  private BatchTarget cheapest(Tuning now, Climb climb, RunCurve curve) {
    int rows = limits.sizes().get(climb.best());
    String reason =
        String.format(
            Locale.ROOT,
            "%,d records wait, and %,.0f come a second; runs of %d rows are the shortest that make a"
                + " row cheap: %,.1f µs",
            now.load().seen().backlog(),
            now.load().arrivalRate(),
            rows,
            curve.nanosPerRow(climb.best()) / 1e3);
    return target(rows, fillingLinger(rows, curve), reason);
  }

  /**
   * Batches fill as fast as others are computed, since only so much may be in flight: they must
   * have the time, or they stay small.
   */
  private long fillingLinger(int rows, RunCurve curve) {
    return (long) Math.max(limits.latencyNanos() / 4.0, FILLING_RUNS * curve.nanos(rows));
  }

  private Tuning catchUp(Tuning now, RunCurve curve) {
    Climb climb = now.climb();
    if (climb == null) {
      return now.mayChange() ? beginCatchingUp(now, curve) : now;
    }
    if (mayKeepUp(now, curve)) {
      return now.decided(Mode.KEEPING_UP, keepingUp(now, curve, HALF));
    }
    double ratio = curve.nanosPerRow(climb.best()) / climb.bestNanosPerRow();
    Tuning next = now.wishing(ratio > OTHER_COST || ratio * OTHER_COST < 1);
    if (next.wishedNanos() >= WISH_NANOS && next.mayChange()) {
      Climb again = Climb.from(climb.best(), now.nowNanos(), curve);
      return climb(next, again, curve);
    }
    return next;
  }

  // Keeping up

  private Tuning keepUp(Tuning now, RunCurve curve) {
    if (now.load().isBehind(BEHIND_NANOS)) {
      return now.mayChange() ? beginCatchingUp(now, curve) : now;
    }
    boolean bearable = isBearable(now, curve, OVERLOADED);
    BatchTarget wanted = better(now, curve);
    Tuning next = now.wishing(!bearable || !wanted.isLike(now.target()));
    if (next.wishedNanos() < WISH_NANOS || !next.mayChange()) {
      return next;
    }
    return bearable ? next.decided(Mode.KEEPING_UP, wanted) : beginCatchingUp(next, curve);
  }

  /** A target that is worth a change, or the one there is. */
  private BatchTarget better(Tuning now, RunCurve curve) {
    Forecast forecast = new Forecast(now.load(), curve, limits);
    BatchTarget target = now.target();
    BatchTarget calm = keepingUp(now, curve, HALF);
    BatchTarget quick = keepingUp(now, curve, LESS_THAN_HALF);
    boolean tooLarge =
        calm.rows() < target.rows() && curve.nanos(target.rows()) > limits.latencyNanos() / 2.0;
    boolean tooSmall = calm.rows() >= 4 * target.rows();
    boolean tooLate =
        calm.lingerNanos() < target.lingerNanos()
            && !forecast.isQuick(target.rows(), target.lingerNanos() * 3 / 4);
    boolean tooBusy =
        forecast.busy(target.rows(), target.lingerNanos()) > BUSY
            && (calm.lingerNanos() > target.lingerNanos() || calm.rows() > target.rows());
    if (tooLarge || tooSmall || tooLate || tooBusy) {
      return calm;
    }
    return quick.lingerNanos() < target.lingerNanos() ? quick : target;
  }

  private BatchTarget keepingUp(Tuning now, RunCurve curve, double busy) {
    Forecast forecast = new Forecast(now.load(), curve, limits);
    int rows = forecast.rows(largest(now));
    long linger = forecast.linger(rows, busy);
    String reason =
        String.format(
            Locale.ROOT,
            "caught up with %,.0f records a second, which use %.0f%% of inference; a run of %d rows"
                + " takes %,.2f ms",
            now.load().arrivalRate(),
            100 * forecast.busy(rows, linger),
            rows,
            curve.nanos(rows) / 1e6);
    return target(rows, linger, reason);
  }

  /** The size beyond which rows get no cheaper, as far as that is known. */
  private int largest(Tuning now) {
    Climb climb = now.climb();
    return climb != null && climb.isDone() ? climb.best() : limits.sizes().size() - 1;
  }

  private boolean mayKeepUp(Tuning now, RunCurve curve) {
    return now.load().isCaughtUp(CAUGHT_UP_NANOS)
        && isBearable(now, curve, BEARABLE)
        && now.mayChange();
  }

  private boolean isBearable(Tuning now, RunCurve curve, double busy) {
    Forecast forecast = new Forecast(now.load(), curve, limits);
    return forecast.busy(forecast.rows(largest(now)), Long.MAX_VALUE) <= busy;
  }

  private BatchTarget target(int rows, long lingerNanos, String reason) {
    return new BatchTarget(rows, lingerNanos, limits.inFlightRows(rows), reason);
  }
}
