package io.penstock.control;

import io.penstock.control.message.Decoded;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Duration;
import java.util.ArrayList;
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

  private final Duration defaultDeadline;

  /** A controller that gives promotions that long, unless their command says otherwise. */
  public Controller(Duration defaultDeadline) {
    this.defaultDeadline = defaultDeadline;
  }

  /**
   * Answers a command.
   *
   * @param offset its offset on the control topic, which becomes the epoch
   */
  public Ruling onCommand(Fleet fleet, long offset, Decoded<Command> command, Now now) {
    return hearing(fleet, offset, now).answer(command);
  }

  /**
   * Rejects a command that could not be answered, so that it does not stand in the way for ever.
   */
  public Ruling onUnanswerable(Fleet fleet, long offset, RuntimeException defect, Now now) {
    return hearing(fleet, offset, now)
        .answer(new Decoded.Garbage<>("internal error, see the controller's log: " + defect));
  }

  private Hearing hearing(Fleet fleet, long offset, Now now) {
    return new Hearing(fleet, offset, now, now.time().plus(defaultDeadline));
  }

  /** Takes note of a report of an instance on a model. */
  public Fleet onReport(Fleet fleet, InstanceReport report, Now now) {
    return fleet.with(fleet.attendance().heard(report, now.nanos()));
  }

  /** Takes note that an instance no longer serves a model. */
  public Fleet onDeparture(Fleet fleet, String instance, String model) {
    return fleet.with(fleet.attendance().left(instance, model));
  }

  /**
   * Ends the preparations that are ready, have failed or are overdue. To be called only when every
   * report there is has been taken note of: after half of them, half the fleet would be "all".
   */
  public Ruling onTime(Fleet fleet, Now now) {
    List<ModelDecision> decisions = new ArrayList<>();
    Fleet next = fleet;
    for (ModelDecision decision : fleet.decisions().values()) {
      if (decision.getPhase() == Phase.PREPARE) {
        Verdict verdict =
            Verdict.of(decision, fleet.attendance().live(decision.getModel()), now.time());
        if (verdict instanceof Verdict.Activate) {
          decisions.add(Promotion.activate(decision, now.time()));
        } else if (verdict instanceof Verdict.Abort abort) {
          decisions.add(Promotion.abort(decision, abort.reason(), now.time()));
        }
      }
    }
    for (ModelDecision decision : decisions) {
      next = next.with(decision);
    }
    return new Ruling(next, decisions, decisions.stream().map(Promotion::audit).toList());
  }
}
