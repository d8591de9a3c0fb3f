package io.penstock.control;

import io.penstock.control.message.Decoded;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Decides for the fleet. A pure function: each method takes what is known and a message, and
 * returns what is known then and what to write. The caller writes all of a {@link Ruling} in one
 * transaction, together with the offset of the command it answers, before it goes on; so whoever
 * reads the decisions back can continue. Thread-safe, because it has no state.
 *
 * <p>The rules for commands are in {@link Hearing}, those for promotions in preparation in {@link
 * Verdict}.
 */
public final class Controller {

  private final PromotionTimes times;

  /** A controller that gives promotions those times. */
  public Controller(PromotionTimes times) {
    this.times = times;
  }

  /**
   * Answers a command.
   *
   * @param offset its offset on the control topic, which becomes the epoch
   */
  public Ruling onCommand(Fleet fleet, long offset, Decoded<Command> command, Now now) {
    Hearing hearing = hearing(fleet, offset, now);
    Ruling ruling = hearing.answer(command);
    return ruling
        .oversize(now.time())
        .map(reason -> hearing.answer(new Decoded.Garbage<>(reason)))
        .orElse(ruling);
  }

  /**
   * Rejects a command that could not be answered, so that it does not stand in the way for ever.
   */
  public Ruling onUnanswerable(Fleet fleet, long offset, RuntimeException defect, Now now) {
    return onUnanswerable(
        fleet, offset, "internal error, see the controller's log: " + defect, now);
  }

  /** Rejects a command whose answer cannot be given, for that reason. */
  public Ruling onUnanswerable(Fleet fleet, long offset, String reason, Now now) {
    return hearing(fleet, offset, now).answer(new Decoded.Garbage<>(reason));
  }

  private Hearing hearing(Fleet fleet, long offset, Now now) {
    return new Hearing(fleet, offset, now, times);
  }

  /** Takes note of a report of an instance on a model. */
  public Fleet onReport(Fleet fleet, InstanceReport report, Now now) {
    return fleet.with(fleet.attendance().heard(report, now.nanos()));
  }

  /** Takes note of a report that was there before the controller took office. */
  public Fleet onEarlierReport(Fleet fleet, InstanceReport report, Now now) {
    return fleet.with(fleet.attendance().found(report, now.nanos()));
  }

  /** Takes note that an instance no longer serves a model. */
  public Fleet onDeparture(Fleet fleet, String instance, String model) {
    return fleet.with(fleet.attendance().left(instance, model));
  }

  /**
   * Ends the model's preparation if it is ready, has failed or is overdue, and retires the version
   * that has served earlier records for long enough. To be called only when every report there is
   * has been taken note of: after half of them, half the fleet would be "all".
   */
  public Ruling onTime(Fleet fleet, String model, Now now) {
    return fleet
        .decision(model)
        .map(
            decision ->
                decision.getPhase() == Phase.PREPARE
                    ? end(fleet, decision, now)
                    : retire(fleet, decision, now))
        .orElseGet(() -> Ruling.silent(fleet));
  }

  private static Ruling end(Fleet fleet, ModelDecision preparing, Now now) {
    Verdict verdict = Verdict.of(preparing, fleet.attendance(), now.time());
    if (verdict instanceof Verdict.Activate) {
      return Ruling.decided(fleet, Promotion.activate(preparing, now.time()));
    }
    return verdict instanceof Verdict.Abort abort
        ? Ruling.decided(fleet, Promotion.abort(preparing, abort.reason(), now.time()))
        : Ruling.silent(fleet);
  }

  private Ruling retire(Fleet fleet, ModelDecision decision, Now now) {
    Instant from = decision.getActiveFrom();
    // Not by adding to that time, which a decision may have where no sum is
    if (from == null || Duration.between(from, now.time()).compareTo(times.retention()) < 0) {
      return Ruling.silent(fleet);
    }
    ModelDecision retired = Promotion.retire(decision);
    return new Ruling(
        fleet.with(retired), List.of(retired), List.of(Promotion.retirement(decision, now.time())));
  }

  /** Gives up the model's preparation, whose end cannot be written, for that reason. */
  public Ruling onUnwritable(Fleet fleet, String model, String reason, Now now) {
    return fleet
        .decision(model)
        .filter(decision -> decision.getPhase() == Phase.PREPARE)
        .map(preparing -> Ruling.decided(fleet, Promotion.abort(preparing, reason, now.time())))
        .orElseGet(() -> Ruling.silent(fleet));
  }
}
