package io.penstock.control;

import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.PipelineStatus;
import io.penstock.schemas.Promote;
import io.penstock.schemas.VersionState;
import io.penstock.schemas.VersionStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What can speak against a command by what the fleet knows; each objection is a reason for users.
 * Immutable.
 */
record Objections(Fleet fleet) {

  /** Those of a version that an instance has, be it not complete yet. */
  private static final Set<VersionState> KNOWN =
      EnumSet.complementOf(EnumSet.of(VersionState.END, VersionState.UNKNOWN));

  /** Ten years: how far ahead the times of a command may be. */
  private static final Duration MOST_AHEAD = Duration.ofDays(3_653);

  Optional<String> unknownModel(String model) {
    SortedSet<String> known = new TreeSet<>(fleet.attendance().models());
    known.addAll(fleet.decisions().keySet());
    return known.contains(model)
        ? Optional.empty()
        : Optional.of(
            "model: %s (expected: %s)"
                .formatted(
                    model,
                    known.isEmpty()
                        ? "one that an instance serves; no instance is live"
                        : "one of " + String.join(", ", known)));
  }

  /** The model that a pipeline computes with; null if no live instance has it, and none rests. */
  @Nullable String modelOf(String pipeline) {
    for (String model : fleet.attendance().models()) {
      if (pipelines(model).contains(pipeline)) {
        return model;
      }
    }
    return fleet.decisions().values().stream()
        .filter(decision -> decision.getPaused().contains(pipeline))
        .map(ModelDecision::getModel)
        .findFirst()
        .orElse(null);
  }

  String unknownPipeline(String pipeline) {
    SortedSet<String> known = new TreeSet<>();
    fleet.attendance().models().forEach(model -> known.addAll(pipelines(model)));
    return "pipeline: %s (expected: %s)"
        .formatted(
            pipeline,
            known.isEmpty()
                ? "one that a live instance has; there is none"
                : "one of " + String.join(", ", known));
  }

  private SortedSet<String> pipelines(String model) {
    return fleet.attendance().live(model).stream()
        .flatMap(report -> report.getPipelines().stream())
        .map(PipelineStatus::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  Optional<String> preparing(String model) {
    return fleet
        .decision(model)
        .filter(decision -> decision.getPhase() == Phase.PREPARE)
        .map(
            decision ->
                "%s/%d is in preparation (epoch %d); abort it, or wait for its end"
                    .formatted(model, decision.getTarget(), decision.getEpoch()));
  }

  Optional<String> notExpected(String order, String model, @Nullable Long expected) {
    long active = fleet.decision(model).map(ModelDecision::getActive).orElse(Hearing.NONE);
    return expected == null || expected == active
        ? Optional.empty()
        : Optional.of(
            "%s.expected: %d (expected: %s, the version of %s now active)"
                .formatted(
                    order, expected, active == Hearing.NONE ? "-1 for none" : active, model));
  }

  Optional<String> notExpectedEpoch(String order, String model, @Nullable Long expected) {
    long newest = fleet.decision(model).map(ModelDecision::getEpoch).orElse(Hearing.NONE);
    return expected == null || expected == newest
        ? Optional.empty()
        : Optional.of(
            "%s.expectedEpoch: %d (expected: %s, the epoch of the newest decision about %s)"
                .formatted(
                    order, expected, newest == Hearing.NONE ? "-1 for none" : newest, model));
  }

  /** Instances of an older level would pass over what they do not know in a decision. */
  Optional<String> belowLevel(String what, String model, int level) {
    return fleet.attendance().live(model).stream()
        .filter(report -> report.getProtocolLevel() < level)
        .findFirst()
        .map(
            report ->
                "%s: instance %s speaks protocol level %d (expected: %d or more); upgrade it first"
                    .formatted(what, report.getInstance(), report.getProtocolLevel(), level));
  }

  /**
   * What speaks against a promotion from a record timestamp on. It needs everybody: a record that
   * an instance takes without having agreed is served by the wrong version for good.
   */
  Optional<String> untimely(Promote promote, Duration notice, Instant now) {
    Instant from = promote.getEffectiveFrom();
    if (from == null) {
      return Optional.empty();
    }
    String model = promote.getModel();
    Optional<ModelDecision> decision = fleet.decision(model);
    if (decision.map(ModelDecision::getActive).isEmpty()) {
      return Optional.of(
          "promote.effectiveFrom: %s (expected: none, since no version of %s is active that would serve earlier records)"
              .formatted(from, model));
    }
    if (promote.getRequire() != null) {
      return Optional.of(
          "promote.require: %s (expected: none with effectiveFrom, which takes every instance)"
              .formatted(promote.getRequire()));
    }
    Instant shared = decision.map(ModelDecision::getActiveFrom).orElse(null);
    if (shared != null) {
      return Optional.of(
          "promote.effectiveFrom: %s (expected: none, while %s/%d still serves records from before %s; wait until control.retain-for is over)"
              .formatted(from, model, decision.get().getPrevious(), shared));
    }
    if (!from.isAfter(now.plus(notice))) {
      return Optional.of(
          "promote.effectiveFrom: %s (expected: more than %d ms, control.max-staleness, after now, %s)"
              .formatted(from, notice.toMillis(), now));
    }
    return tooFar("promote.effectiveFrom", from, now)
        .or(() -> belowLevel("effectiveFrom", model, ProtocolLevel.TIMESTAMPS));
  }

  /** A time that nobody means, and that not every clock and message can hold. */
  private static Optional<String> tooFar(String field, Instant time, Instant now) {
    Instant latest = now.plus(MOST_AHEAD);
    return time.isAfter(latest)
        ? Optional.of("%s: %s (expected: at most %s)".formatted(field, time, latest))
        : Optional.empty();
  }

  /** A version that no live instance has. Of one that is older than all it lists, nobody knows. */
  Optional<String> absent(String model, long version) {
    List<InstanceReport> live = fleet.attendance().live(model);
    boolean mayBeThere =
        live.stream()
            .anyMatch(
                report ->
                    isIn(report, version, KNOWN)
                        || report.getAspired().contains(version)
                        || (report.getAspired().size() >= Participant.VERSIONS_REPORTED
                            && version < report.getAspired().get(0)));
    return mayBeThere
        ? Optional.empty()
        : Optional.of(
            live.isEmpty()
                ? "no live instance serves model " + model
                : "no live instance has %s/%d (expected: %s)"
                    .formatted(model, version, expected(live)));
  }

  private static String expected(List<InstanceReport> live) {
    SortedSet<Long> there = new TreeSet<>();
    live.forEach(report -> there.addAll(report.getAspired()));
    return there.isEmpty() ? "one that is complete; none is" : "one of " + there;
  }

  /** Whether a live instance has that version loaded, or is about to. */
  boolean isLoaded(String model, long version) {
    return fleet.attendance().live(model).stream()
        .anyMatch(
            report ->
                isIn(report, version, EnumSet.of(VersionState.LOADING, VersionState.AVAILABLE)));
  }

  private static boolean isIn(InstanceReport report, long version, Set<VersionState> states) {
    return report.getVersions().stream()
        .filter(status -> status.getVersion() == version)
        .map(VersionStatus::getState)
        .anyMatch(states::contains);
  }

  /** The highest version that any live instance has complete or loaded. */
  Optional<Long> latest(String model) {
    NavigableSet<Long> there = new TreeSet<>();
    for (InstanceReport report : fleet.attendance().live(model)) {
      there.addAll(report.getAspired());
      report.getVersions().stream()
          .map(VersionStatus::getVersion)
          .filter(version -> isIn(report, version, EnumSet.of(VersionState.AVAILABLE)))
          .forEach(there::add);
    }
    return there.isEmpty() ? Optional.empty() : Optional.of(there.last());
  }

  static Optional<String> impossible(@Nullable Instant deadline, Instant now) {
    if (deadline == null) {
      return Optional.empty();
    }
    return deadline.isAfter(now)
        ? tooFar("deadline", deadline, now)
        : Optional.of("deadline: %s (expected: after now, %s)".formatted(deadline, now));
  }

  static Optional<String> unknown(List<String> fields) {
    return fields.isEmpty()
        ? Optional.empty()
        : Optional.of("unknown: %s (expected: nothing else)".formatted(String.join(", ", fields)));
  }
}
