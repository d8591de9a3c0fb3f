package io.penstock.control;

import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Readiness;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/** How a preparation stands. A pure function of the decision and the live instances' reports. */
sealed interface Verdict {

  /** Not everybody has answered, and there is time left. */
  record Wait() implements Verdict {}

  /** Every live instance is ready. */
  record Activate() implements Verdict {}

  /** It cannot succeed, or not in time. */
  record Abort(String reason) implements Verdict {}

  /**
   * The verdict on a model in preparation. One failure aborts at once; then the deadline counts,
   * even if everybody has become ready since, so that a promotion does not happen later than its
   * user has said.
   */
  static Verdict of(ModelDecision preparing, List<InstanceReport> live, Instant now) {
    Optional<InstanceReport> failed =
        live.stream().filter(report -> is(report, preparing, Readiness.FAILED)).findFirst();
    if (failed.isPresent()) {
      return new Abort(
          "instance %s failed to prepare %s/%d: %s"
              .formatted(
                  failed.get().getInstance(),
                  preparing.getModel(),
                  preparing.getTarget(),
                  failed.get().getPreparation().getReason()));
    }
    String missing =
        live.stream()
            .filter(report -> !is(report, preparing, Readiness.READY))
            .map(InstanceReport::getInstance)
            .collect(Collectors.joining(", "));
    if (!now.isBefore(Objects.requireNonNull(preparing.getDeadline(), "deadline"))) {
      return new Abort(
          "not ready before the deadline %s: %s"
              .formatted(
                  preparing.getDeadline(),
                  live.isEmpty()
                      ? "no live instance serves the model"
                      : missing.isEmpty() ? "the controller was away" : "waited for " + missing));
    }
    return live.isEmpty() || !missing.isEmpty() ? new Wait() : new Activate();
  }

  private static boolean is(InstanceReport report, ModelDecision preparing, Readiness readiness) {
    return report.getPreparation() != null
        && report.getPreparation().getEpoch() == preparing.getEpoch()
        && report.getPreparation().getReadiness() == readiness;
  }
}
