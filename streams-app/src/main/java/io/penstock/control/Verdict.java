package io.penstock.control;

import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Readiness;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a preparation stands. A pure function of the decision and of who is there. */
sealed interface Verdict {

  /** Not everybody has answered, and there is time left. */
  record Wait() implements Verdict {}

  /** As many live instances as required are ready. */
  record Activate() implements Verdict {}

  /** It cannot succeed, or not in time. */
  record Abort(String reason) implements Verdict {}

  /** How the reason begins if the deadline has come. */
  String OVERDUE = "not ready before the deadline";

  /** So that 0.7 of 10 instances are 7, whatever floating point makes of it. */
  double ROUNDING = 1e-9;

  /**
   * The verdict on a model in preparation. It aborts as soon as so many have failed that it cannot
   * succeed: at the first one, unless a share is enough. Then the deadline counts, even if
   * everybody has become ready since, so that a promotion does not happen later than its user has
   * said. Where a share is enough, the others may answer until half of the time is over. An
   * instance of an older level that is only known to have been there is waited for.
   */
  static Verdict of(ModelDecision preparing, Attendance attendance, Instant now) {
    Instant deadline = Objects.requireNonNull(preparing.getDeadline(), "deadline");
    List<InstanceReport> live = attendance.live(preparing.getModel());
    Optional<String> tooOld = tooOld(preparing, attendance.heard(preparing.getModel()));
    if (tooOld.isPresent()) {
      return new Abort(tooOld.get());
    }
    List<InstanceReport> failed =
        live.stream().filter(report -> is(report, preparing, Readiness.FAILED)).toList();
    List<InstanceReport> missing =
        live.stream()
            .filter(report -> !is(report, preparing, Readiness.READY))
            .filter(report -> !failed.contains(report))
            .toList();
    int required = required(preparing, live.size());
    if (!failed.isEmpty() && live.size() - failed.size() < required) {
      return new Abort(
          failed.stream()
              .map(report -> failure(report, preparing))
              .collect(Collectors.joining("; ")));
    }
    if (!now.isBefore(deadline)) {
      return new Abort(overdue(preparing, live, missing));
    }
    int ready = live.size() - failed.size() - missing.size();
    boolean othersHadTime =
        missing.isEmpty() || !now.isBefore(deadline.minus(half(preparing.getTime(), deadline)));
    boolean understood = tooOld(preparing, live).isEmpty();
    return !live.isEmpty() && ready >= required && othersHadTime && understood
        ? new Activate()
        : new Wait();
  }

  /** How many of that many live instances have to be ready; at least one. */
  static int required(ModelDecision preparing, int live) {
    Double share = preparing.getRequire();
    return share == null ? live : Math.max(1, (int) Math.ceil(share * live - ROUNDING));
  }

  private static Duration half(Instant start, Instant deadline) {
    return Duration.between(start, deadline).dividedBy(2);
  }

  /** An instance of an older level does not see the conditions. */
  private static Optional<String> tooOld(ModelDecision preparing, List<InstanceReport> live) {
    boolean conditional = preparing.getRequire() != null || !preparing.getManifest().isEmpty();
    boolean timed = preparing.getEffectiveFrom() != null;
    int level =
        timed
            ? ProtocolLevel.TIMESTAMPS
            : conditional ? ProtocolLevel.HOLDINGS : ProtocolLevel.TWO_PHASES;
    return live.stream()
        .filter(report -> report.getProtocolLevel() < level)
        .findFirst()
        .map(
            report ->
                "instance %s has joined, whose protocol level %d knows no %s"
                    .formatted(
                        report.getInstance(),
                        report.getProtocolLevel(),
                        timed ? "effectiveFrom" : "require and no manifest"));
  }

  private static String failure(InstanceReport report, ModelDecision preparing) {
    return "instance %s failed to prepare %s/%d: %s"
        .formatted(
            report.getInstance(),
            preparing.getModel(),
            preparing.getTarget(),
            report.getPreparation().getReason());
  }

  private static String overdue(
      ModelDecision preparing, List<InstanceReport> live, List<InstanceReport> missing) {
    long target = preparing.getTarget();
    String why =
        live.isEmpty()
            ? "no live instance serves the model"
            : missing.isEmpty()
                ? "the controller was away"
                : "waited for "
                    + missing.stream()
                        .map(report -> describe(report, target))
                        .collect(Collectors.joining(", "));
    return "%s %s: %s".formatted(OVERDUE, preparing.getDeadline(), why);
  }

  /** An instance, with what it last said of the version: {@code a (START: not complete yet: …)}. */
  private static String describe(InstanceReport report, long version) {
    return report.getVersions().stream()
        .filter(status -> status.getVersion() == version)
        .findFirst()
        .map(
            status ->
                "%s (%s%s)"
                    .formatted(
                        report.getInstance(),
                        status.getState(),
                        status.getError() == null ? "" : ": " + status.getError()))
        .orElse(report.getInstance());
  }

  private static boolean is(InstanceReport report, ModelDecision preparing, Readiness readiness) {
    return report.getPreparation() != null
        && report.getPreparation().getEpoch() == preparing.getEpoch()
        && report.getPreparation().getReadiness() == readiness;
  }
}
