package io.penstock.control;

import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Decided;
import io.penstock.schemas.GivenUp;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Outcome;
import io.penstock.schemas.Phase;
import io.penstock.schemas.TimelineEntry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a promotion, each from one decision of a model to the next.
 *
 * <pre>
 *   none, ACTIVE, ABORTED ── prepare ─▶ PREPARE ── activate ─▶ ACTIVE
 *                                          └────── abort ────▶ ABORTED
 * </pre>
 */
public final class Promotion {

  /** How many entries a decision's timeline keeps; the audit topic has them all. */
  static final int TIMELINE_ENTRIES = 256;

  private Promotion() {}

  /** The epoch that made the active version active, if there is one. */
  public static Optional<Long> activeEpoch(ModelDecision decision) {
    List<TimelineEntry> timeline = decision.getTimeline();
    return timeline.isEmpty()
        ? Optional.empty()
        : Optional.of(timeline.get(timeline.size() - 1).getEpoch());
  }

  static ModelDecision prepare(Optional<ModelDecision> before, Request request, Instant now) {
    long newestTried =
        before
            .map(ModelDecision::getNewestTried)
            .map(newest -> Math.max(newest, request.version()))
            .orElse(request.version());
    return before
        .map(Promotion::following)
        .orElseGet(() -> first(request.model()))
        .setPhase(Phase.PREPARE)
        .setTarget(request.version())
        .setEpoch(request.epoch())
        .setTime(now)
        .setDeadline(request.deadline())
        .setBy(request.by())
        .setWhy(request.why())
        .setNewestTried(newestTried)
        .setProtocolLevel(request.protocolLevel())
        .build();
  }

  static ModelDecision activate(ModelDecision preparing, Instant now) {
    List<TimelineEntry> timeline = new ArrayList<>(preparing.getTimeline());
    timeline.add(new TimelineEntry(preparing.getTarget(), null, preparing.getEpoch()));
    return following(preparing)
        .setPhase(Phase.ACTIVE)
        .setActive(preparing.getTarget())
        .setPrevious(preparing.getActive())
        .setEpoch(preparing.getEpoch())
        .setTime(now)
        .setBy(preparing.getBy())
        .setWhy(preparing.getWhy())
        .setTimeline(
            timeline.subList(Math.max(0, timeline.size() - TIMELINE_ENTRIES), timeline.size()))
        .setGivenUp(List.of())
        .build();
  }

  static ModelDecision abort(ModelDecision preparing, String reason, Instant now) {
    return following(preparing)
        .setPhase(Phase.ABORTED)
        .setTarget(preparing.getTarget())
        .setEpoch(preparing.getEpoch())
        .setTime(now)
        .setReason(reason)
        .setBy(preparing.getBy())
        .setWhy(preparing.getWhy())
        .setGivenUp(givenUp(preparing))
        .build();
  }

  /**
   * Noted only while nothing is active: what is active is proof that going on has come to an end.
   */
  private static List<GivenUp> givenUp(ModelDecision preparing) {
    List<GivenUp> givenUp = new ArrayList<>(preparing.getGivenUp());
    if (preparing.getActive() == null) {
      Long target = preparing.getTarget();
      givenUp.removeIf(before -> target.equals(before.getVersion()));
      givenUp.add(new GivenUp(target, preparing.getEpoch()));
    }
    return givenUp;
  }

  /** A decision as the audit tells it. */
  static AuditEvent audit(ModelDecision decision) {
    boolean activated = decision.getPhase() == Phase.ACTIVE;
    Decided decided =
        Decided.newBuilder()
            .setModel(decision.getModel())
            .setOutcome(
                switch (decision.getPhase()) {
                  case PREPARE -> Outcome.PREPARE;
                  case ACTIVE -> Outcome.ACTIVATED;
                  case ABORTED -> Outcome.ABORTED;
                })
            .setVersion(activated ? decision.getActive() : decision.getTarget())
            .setFrom(activated ? decision.getPrevious() : decision.getActive())
            .setEpoch(decision.getEpoch())
            .setReason(decision.getReason())
            .setBy(decision.getBy())
            .setWhy(decision.getWhy())
            .build();
    return AuditEvent.newBuilder().setTime(decision.getTime()).setDecided(decided).build();
  }

  /** Empty lists are set, not left to Avro's defaults: reading those needs trusted classes. */
  private static ModelDecision.Builder first(String model) {
    return ModelDecision.newBuilder()
        .setModel(model)
        .setLabels(Map.of())
        .setPins(List.of())
        .setTimeline(List.of())
        .setGivenUp(List.of());
  }

  /** A copy of what outlives a promotion: what belongs to one promotion only is left unset. */
  private static ModelDecision.Builder following(ModelDecision before) {
    return ModelDecision.newBuilder()
        .setModel(before.getModel())
        .setActive(before.getActive())
        .setPrevious(before.getPrevious())
        .setNewestTried(before.getNewestTried())
        .setLabels(before.getLabels())
        .setPins(before.getPins())
        .setTimeline(before.getTimeline())
        .setGivenUp(before.getGivenUp())
        .setProtocolLevel(before.getProtocolLevel());
  }

  /** What is to be promoted, how long the fleet may take, and who asks. */
  record Request(
      String model,
      long version,
      long epoch,
      Instant deadline,
      @Nullable String by,
      @Nullable String why,
      int protocolLevel) {}
}
