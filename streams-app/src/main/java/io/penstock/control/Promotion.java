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
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The steps of a promotion, each from one decision of a model to the next.
 *
 * <pre>
 *   none, ACTIVE, ABORTED ── prepare ─▶ PREPARE ── activate ─▶ ACTIVE
 *                                          └────── abort ────▶ ABORTED
 * </pre>
 *
 * <p>A version that is activated from a record timestamp on shares the records with the previous
 * one, which serves those from before, until it is retired or the next version is activated.
 */
public final class Promotion {

  /** How many entries a decision's timeline keeps; the audit topic has them all. */
  static final int TIMELINE_ENTRIES = 256;

  /** How many versions that were given up a decision remembers: the last ones. */
  static final int GIVEN_UP_ENTRIES = 256;

  /** How the reason begins if a version was given up since a command said so. */
  private static final String BY_COMMAND = "command at offset ";

  private Promotion() {}

  /** Why a message that is a decision by its fields is none that can be acted on. */
  public static Optional<String> objection(ModelDecision decision) {
    boolean complete =
        switch (decision.getPhase()) {
          case PREPARE -> decision.getTarget() != null && decision.getDeadline() != null;
          case ABORTED -> decision.getTarget() != null;
          case ACTIVE -> decision.getActive() != null;
          case UNKNOWN -> false;
        };
    boolean shared = decision.getActiveFrom() != null;
    return complete
            && (decision.getActive() == null) == decision.getTimeline().isEmpty()
            && (!shared || (decision.getPrevious() != null && decision.getTimeline().size() > 1))
        ? Optional.empty()
        : Optional.of(
            "%s without what it is about (expected: target, deadline, active, previous or timeline)"
                .formatted(decision.getPhase()));
  }

  /** Whether a decision says what only a higher level of the protocol understands. */
  public static boolean isBeyond(ModelDecision decision, int level) {
    return decision.getProtocolLevel() > level;
  }

  static ModelDecision prepare(Optional<ModelDecision> before, Request request, Instant now) {
    return levelled(
        before
            .map(Promotion::following)
            .orElseGet(() -> first(request.model()))
            .setPhase(Phase.PREPARE)
            .setTarget(request.version())
            .setEpoch(request.epoch())
            .setTime(now)
            .setDeadline(request.deadline())
            .setBy(request.by())
            .setWhy(request.why())
            .setNewestTried(newestTried(before, request))
            .setRequire(request.require())
            .setEffectiveFrom(request.effectiveFrom())
            .setManifest(request.manifest()));
  }

  /**
   * Numbers that nobody has a version of do not count: nothing was tried, and somebody mistyped.
   */
  private static @Nullable Long newestTried(Optional<ModelDecision> before, Request request) {
    Long newest = before.map(ModelDecision::getNewestTried).orElse(null);
    return request.isThere() ? higher(newest, request.version()) : newest;
  }

  private static Long higher(@Nullable Long newest, Long version) {
    return newest == null || version > newest ? version : newest;
  }

  static ModelDecision activate(ModelDecision preparing, Instant now) {
    Instant from = preparing.getEffectiveFrom();
    List<TimelineEntry> timeline = new ArrayList<>(preparing.getTimeline());
    timeline.add(new TimelineEntry(preparing.getTarget(), from, preparing.getEpoch()));
    ModelDecision.Builder next =
        holding(following(preparing), Holdings.of(preparing).served(preparing.getTarget()))
            .setPhase(Phase.ACTIVE)
            .setActive(preparing.getTarget())
            .setActiveFrom(from)
            .setEpoch(preparing.getEpoch())
            .setTime(now)
            .setRequire(preparing.getRequire())
            .setBy(preparing.getBy())
            .setWhy(preparing.getWhy())
            .setTimeline(
                timeline.subList(Math.max(0, timeline.size() - TIMELINE_ENTRIES), timeline.size()))
            .setGivenUp(List.of())
            .setNewestTried(higher(preparing.getNewestTried(), preparing.getTarget()))
            .setActiveManifest(preparing.getManifest());
    // Only where it shared the records may it be activated again: for all of them.
    return preparing.getTarget().equals(preparing.getActive())
        ? levelled(next)
        : levelled(
            next.setPrevious(preparing.getActive())
                .setPreviousManifest(preparing.getActiveManifest()));
  }

  /** The active version serves all records from now on, and the previous one none. */
  static ModelDecision retire(ModelDecision sharing) {
    return levelled(repeating(sharing).setActiveFrom(null));
  }

  static ModelDecision abort(ModelDecision preparing, String reason, Instant now) {
    return levelled(
        following(preparing)
            .setPhase(Phase.ABORTED)
            .setTarget(preparing.getTarget())
            .setEpoch(preparing.getEpoch())
            .setTime(now)
            .setReason(Texts.bounded(reason))
            .setBy(preparing.getBy())
            .setWhy(preparing.getWhy())
            .setGivenUp(givenUp(preparing)));
  }

  /**
   * Gives up a version since a command says so.
   *
   * @param by what is known of that, to follow the offset
   */
  static ModelDecision abortByCommand(
      ModelDecision preparing, long offset, String by, Instant now) {
    return abort(preparing, BY_COMMAND + offset + by, now);
  }

  /** Whether that version was given up just now, and not since a command said so. */
  static boolean hasFailed(ModelDecision decision, long version) {
    return isGivenUp(decision, version) && !reason(decision).startsWith(BY_COMMAND);
  }

  /** Whether that version was given up just now, since a command said so. */
  static boolean isAbortedByCommand(ModelDecision decision, long version) {
    return isGivenUp(decision, version) && reason(decision).startsWith(BY_COMMAND);
  }

  private static boolean isGivenUp(ModelDecision decision, long version) {
    return decision.getPhase() == Phase.ABORTED && decision.getTarget() == version;
  }

  /** Whether a version was given up since it was not ready in time. */
  static boolean isOverdue(ModelDecision aborted) {
    return reason(aborted).startsWith(Verdict.OVERDUE);
  }

  private static String reason(ModelDecision aborted) {
    return Objects.requireNonNullElse(aborted.getReason(), "");
  }

  /** The same decision with other holdings: nothing about who serves changes. */
  static ModelDecision holding(ModelDecision before, Holdings holdings) {
    return levelled(holding(repeating(before), holdings));
  }

  /** A copy of all. */
  private static ModelDecision.Builder repeating(ModelDecision before) {
    return following(before)
        .setPhase(before.getPhase())
        .setTarget(before.getTarget())
        .setEpoch(before.getEpoch())
        .setTime(before.getTime())
        .setDeadline(before.getDeadline())
        .setReason(before.getReason())
        .setBy(before.getBy())
        .setWhy(before.getWhy())
        .setRequire(before.getRequire())
        .setEffectiveFrom(before.getEffectiveFrom())
        .setManifest(before.getManifest());
  }

  /** What is said decides who can understand it. */
  private static ModelDecision levelled(ModelDecision.Builder next) {
    ModelDecision decision = next.setProtocolLevel(ProtocolLevel.TWO_PHASES).build();
    return next.setProtocolLevel(ProtocolLevel.neededBy(decision)).build();
  }

  private static ModelDecision.Builder holding(ModelDecision.Builder next, Holdings holdings) {
    return next.setLabels(holdings.labels())
        .setPins(List.copyOf(holdings.pins()))
        .setLoaded(List.copyOf(holdings.loaded()))
        .setUnloaded(List.copyOf(holdings.unloaded()))
        .setPaused(List.copyOf(holdings.paused()));
  }

  /** Noted until a version is made active: what comes next is not to be one of these. */
  private static List<GivenUp> givenUp(ModelDecision preparing) {
    List<GivenUp> givenUp = new ArrayList<>(preparing.getGivenUp());
    Long target = preparing.getTarget();
    givenUp.removeIf(before -> target.equals(before.getVersion()));
    givenUp.add(new GivenUp(target, preparing.getEpoch()));
    return givenUp.subList(Math.max(0, givenUp.size() - GIVEN_UP_ENTRIES), givenUp.size());
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
                  case UNKNOWN -> Outcome.UNKNOWN;
                })
            .setVersion(activated ? decision.getActive() : decision.getTarget())
            .setFrom(activated ? decision.getPrevious() : decision.getActive())
            .setEpoch(decision.getEpoch())
            .setEffectiveFrom(activated ? decision.getActiveFrom() : decision.getEffectiveFrom())
            .setReason(decision.getReason())
            .setBy(decision.getBy())
            .setWhy(decision.getWhy())
            .build();
    return AuditEvent.newBuilder().setTime(decision.getTime()).setDecided(decided).build();
  }

  /** As the audit tells that the previous version serves no more, beside the active one. */
  static AuditEvent retirement(ModelDecision sharing, Instant now) {
    return AuditEvent.newBuilder()
        .setTime(now)
        .setDecided(
            Decided.newBuilder()
                .setModel(sharing.getModel())
                .setOutcome(Outcome.RETIRED)
                .setVersion(sharing.getPrevious())
                .setEpoch(Activation.of(sharing).orElseThrow().epoch())
                .setEffectiveFrom(sharing.getActiveFrom())
                .build())
        .build();
  }

  /** Empty lists are set, not left to Avro's defaults: reading those needs trusted classes. */
  private static ModelDecision.Builder first(String model) {
    return holding(ModelDecision.newBuilder(), Holdings.NONE)
        .setModel(model)
        .setManifest(Map.of())
        .setActiveManifest(Map.of())
        .setPreviousManifest(Map.of())
        .setTimeline(List.of())
        .setGivenUp(List.of());
  }

  /** A copy of what outlives a promotion: what belongs to one promotion only is left unset. */
  private static ModelDecision.Builder following(ModelDecision before) {
    return holding(ModelDecision.newBuilder(), Holdings.of(before))
        .setModel(before.getModel())
        .setManifest(Map.of())
        .setActiveManifest(before.getActiveManifest())
        .setPreviousManifest(before.getPreviousManifest())
        .setActive(before.getActive())
        .setActiveFrom(before.getActiveFrom())
        .setPrevious(before.getPrevious())
        .setNewestTried(before.getNewestTried())
        .setTimeline(before.getTimeline())
        .setGivenUp(before.getGivenUp());
  }

  /**
   * What is to be promoted, on what conditions, how long the fleet may take, and who asks.
   *
   * @param isThere whether a live instance has that version
   */
  record Request(
      String model,
      long version,
      boolean isThere,
      long epoch,
      Instant deadline,
      @Nullable Double require,
      @Nullable Instant effectiveFrom,
      Map<String, String> manifest,
      @Nullable String by,
      @Nullable String why) {}
}
