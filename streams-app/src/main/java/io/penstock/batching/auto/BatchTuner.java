package io.penstock.batching.auto;

import io.penstock.batching.auto.Tuning.Mode;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides rows and linger: a pure function from what is known, and another observation, to what is
 * known then.
 *
 * <p><b>Catching up</b>, it searches once for the rows at which a row is cheapest, by a {@link
 * Climb}, and keeps to the fewest that are nearly so. <b>Keeping up</b>, it lets rows linger no
 * longer than it takes to leave inference about half idle, and never so long that the goal is at
 * risk. A record waits for its batch to fill, for the run before and for its own, so a run may take
 * a third of the goal and rows linger for what two runs leave of it. When small batches could not
 * keep up, it goes on as if it had to catch up.
 *
 * <p>It changes its mind on evidence of seconds, and no more often than {@link Pace} allows.
 */
final class BatchTuner {

  /** Inference that is busy for longer than that has rows linger for longer. */
  private static final double BUSY = 0.65;

  /** So much of inference is used when the linger is chosen; less, when a shorter one is. */
  private static final double HALF = 0.5;

  private static final double LESS_THAN_HALF = 0.4;

  /** Busier than that, queues form that are longer than the goal. */
  private static final double OVERLOADED = 0.8;

  /** How far below that it has to be before small batches are tried again. */
  private static final double BEARABLE = 0.7;

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

  private static final long SHORTEST_LINGER_NANOS = TimeUnit.MICROSECONDS.toNanos(250);

  private final TuningLimits limits;

  BatchTuner(TuningLimits limits) {
    this.limits = limits;
  }

  /** What is known before anything has run: one row is what any model can bear. */
  Tuning start(Load.Observation first) {
    return Tuning.starting(new BatchTarget(limits.sizes().get(0), 0, "nothing has run yet"), first);
  }

  /** What is known, and decided, after that observation. */
  Tuning next(Tuning before, Load.Observation seen, RunCurve curve) {
    Load load = before.load().after(seen, limits.latencyNanos(), before.target().rows());
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
        climb, new BatchTarget(rows, fillingLinger(rows, curve), "trying " + rows + " rows"));
  }

  private double longestRunNanos(RunCurve curve) {
    return Math.max(LONG_RUN * limits.latencyNanos(), 2 * curve.nanos(1));
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
    return new BatchTarget(rows, fillingLinger(rows, curve), reason);
  }

  /** Batches fill by themselves while records wait: half of what the goal leaves is plenty. */
  private long fillingLinger(int rows, RunCurve curve) {
    return Math.max(SHORTEST_LINGER_NANOS, longestLinger(rows, curve) / 2);
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

  private boolean mayKeepUp(Tuning now, RunCurve curve) {
    return now.load().isCaughtUp(CAUGHT_UP_NANOS)
        && isBearable(now.load(), curve, BEARABLE, now.climb())
        && now.mayChange();
  }

  private Tuning keepUp(Tuning now, RunCurve curve) {
    if (now.load().isBehind(BEHIND_NANOS)) {
      return now.mayChange() ? beginCatchingUp(now, curve) : now;
    }
    if (!isBearable(now.load(), curve, OVERLOADED, now.climb())) {
      Tuning next = now.wishing(true);
      return next.wishedNanos() >= WISH_NANOS && next.mayChange()
          ? beginCatchingUp(next, curve)
          : next;
    }
    BatchTarget wanted = better(now, curve);
    Tuning next = now.wishing(!wanted.isLike(now.target()));
    return next.wishedNanos() >= WISH_NANOS && next.mayChange()
        ? next.decided(Mode.KEEPING_UP, wanted)
        : next;
  }

  /** A target that is worth a change, or the one there is. */
  private BatchTarget better(Tuning now, RunCurve curve) {
    BatchTarget target = now.target();
    BatchTarget calm = keepingUp(now, curve, HALF);
    BatchTarget quick = keepingUp(now, curve, LESS_THAN_HALF);
    boolean tooSlow = curve.nanos(target.rows()) > limits.latencyNanos() / 2.0;
    boolean tooFew = calm.rows() >= 4 * target.rows();
    boolean tooLong = target.lingerNanos() > longestLinger(target.rows(), curve) * 5 / 4;
    boolean tooBusy =
        busy(now.load(), curve, target.rows(), target.lingerNanos()) > BUSY
            && calm.lingerNanos() > target.lingerNanos();
    if ((tooSlow && calm.rows() < target.rows()) || tooFew || tooLong || tooBusy) {
      return calm;
    }
    return quick.lingerNanos() < target.lingerNanos() ? quick : target;
  }

  private BatchTarget keepingUp(Tuning now, RunCurve curve, double busy) {
    int rows = quickRows(curve, now.climb());
    Load load = now.load();
    long longest = longestLinger(rows, curve);
    long linger = 0;
    while (linger < longest
        && gathered(load, linger) < rows
        && busy(load, curve, rows, linger) > busy) {
      linger = Math.min(longest, Math.max(SHORTEST_LINGER_NANOS, 2 * linger));
    }
    String reason =
        String.format(
            Locale.ROOT,
            "caught up with %,.0f records a second, which use %.0f%% of inference; a run of %d rows"
                + " takes %,.2f ms",
            load.arrivalRate(),
            100 * busy(load, curve, rows, linger),
            rows,
            curve.nanos(rows) / 1e6);
    return new BatchTarget(rows, linger, reason);
  }

  /** The most rows, up to the cheapest, that are run well within the goal. */
  private int quickRows(RunCurve curve, @Nullable Climb climb) {
    int last = climb == null || !climb.isDone() ? limits.sizes().size() - 1 : climb.best();
    int rung = 0;
    while (rung < last
        && curve.nanos(limits.sizes().get(rung + 1)) <= limits.latencyNanos() / 3.0) {
      rung++;
    }
    return limits.sizes().get(rung);
  }

  /** The share of time for which inference runs. */
  private double busy(Load load, RunCurve curve, int rows, long lingerNanos) {
    double together = Math.max(1, Math.min(rows, gathered(load, lingerNanos)));
    return load.arrivalRate() / 1e9 * curve.nanos(together) / together / limits.runners();
  }

  /** Rows that come together in that time. */
  private double gathered(Load load, long nanos) {
    return load.arrivalRate() / 1e9 / limits.gatherers() * nanos;
  }

  private boolean isBearable(Load load, RunCurve curve, double busy, @Nullable Climb climb) {
    int rows = quickRows(curve, climb);
    return busy(load, curve, rows, longestLinger(rows, curve)) <= busy;
  }

  private long longestLinger(int rows, RunCurve curve) {
    return (long) Math.max(0, limits.latencyNanos() - 2 * curve.nanos(rows));
  }
}
