package io.penstock.batching.auto;

import io.penstock.batching.plan.BatchTarget;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link BatchTuner} has come to know and to decide. Immutable.
 *
 * @param mode what it works for
 * @param target what batches are to be like now
 * @param changes how often it has changed its mind; sizes tried by a climb do not count
 * @param climb the search for the cheapest rows, under way or done; null before the first
 * @param wishedNanos for how long, without a break, another target would have been better
 * @param epoch the version that this is known of, as {@link RunCurve#epoch}
 */
record Tuning(
    Mode mode,
    BatchTarget target,
    int changes,
    Load load,
    Pace pace,
    @Nullable Climb climb,
    long wishedNanos,
    long epoch) {

  /** What a tuner works for. */
  enum Mode {
    /** Nothing yet: it has hardly seen anything. */
    STARTING,
    /** Cheap rows, since more comes or waits than small batches can do. */
    CATCHING_UP,
    /** Small delays. */
    KEEPING_UP
  }

  static Tuning starting(BatchTarget target, Load.Observation first) {
    Pace pace = Pace.of(first.nowNanos());
    return new Tuning(Mode.STARTING, target, 0, Load.of(first), pace, null, 0, Long.MIN_VALUE);
  }

  long nowNanos() {
    return load.seen().nowNanos();
  }

  boolean mayChange() {
    return pace.mayChange(nowNanos());
  }

  /** Whether a climb is under way. */
  boolean isClimbing() {
    return climb != null && !climb.isDone();
  }

  Tuning observed(Load newLoad, long newEpoch) {
    Climb known = newEpoch == epoch ? climb : null;
    Pace newPace = newEpoch == epoch ? pace.after(newLoad) : pace.unsteady(newLoad);
    return new Tuning(mode, target, changes, newLoad, newPace, known, wishedNanos, newEpoch);
  }

  /** Whether something else would be better now, it is remembered for how long. */
  Tuning wishing(boolean wishes) {
    long wished = wishes ? wishedNanos + load.stepNanos() : 0;
    return new Tuning(mode, target, changes, load, pace, climb, wished, epoch);
  }

  /** Changes its mind. Batches that stay as they are count as no change. */
  Tuning decided(Mode newMode, BatchTarget newTarget) {
    boolean same = newTarget.isLike(target);
    return new Tuning(
        newMode,
        newTarget,
        same ? changes : changes + 1,
        load,
        same ? pace : pace.changed(nowNanos()),
        climb,
        0,
        epoch);
  }

  /** Goes on with its search, and tries what that asks for. */
  Tuning climbing(Climb newClimb, BatchTarget tried) {
    return new Tuning(Mode.CATCHING_UP, tried, changes, load, pace, newClimb, 0, epoch);
  }

  /** With another state of its search, or none. */
  Tuning with(@Nullable Climb newClimb) {
    return new Tuning(mode, target, changes, load, pace, newClimb, wishedNanos, epoch);
  }
}
