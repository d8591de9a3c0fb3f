package io.penstock.cli.control;

import io.penstock.control.client.Answer;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Cutover;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Done;
import io.penstock.schemas.Outcome;
import io.penstock.schemas.Rejected;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Events and answers as one line for people. */
final class AuditText {

  private AuditText() {}

  /** The answer to the command at that offset. */
  static String of(Answer answer, long offset) {
    String reason = answer.reason() == null ? "" : ": " + answer.reason();
    return switch (answer.kind()) {
      case PREPARE ->
          "version %d is being prepared (epoch %d); see penstock watch for what becomes of it"
              .formatted(answer.version(), offset);
      case ACTIVATED ->
          "ACTIVATED version %d%s (epoch %d)"
              .formatted(answer.version(), instead(answer.from()), offset);
      case ABORTED ->
          "ABORTED version %d (epoch %d)%s; nothing has changed"
              .formatted(answer.version(), offset, reason);
      case REJECTED -> "REJECTED (command at offset %d)%s".formatted(offset, reason);
      case DONE -> "DONE (command at offset %d)".formatted(offset);
    };
  }

  /** An event. */
  static String of(AuditEvent event) {
    return event.getTime() + "  " + what(event);
  }

  private static String what(AuditEvent event) {
    Decided decided = event.getDecided();
    if (decided != null) {
      boolean activated = decided.getOutcome() == Outcome.ACTIVATED;
      return "%-9s %s/%d%s (epoch %d)%s"
          .formatted(
              decided.getOutcome(),
              decided.getModel(),
              decided.getVersion(),
              (activated ? instead(decided.getFrom()) : "") + effective(decided),
              decided.getEpoch(),
              because(decided.getReason(), decided.getBy(), decided.getWhy()));
    }
    Rejected rejected = event.getRejected();
    if (rejected != null) {
      return "%-9s command at offset %d%s"
          .formatted(
              "REJECTED",
              rejected.getOffset(),
              because(rejected.getReason(), rejected.getBy(), rejected.getWhy()));
    }
    Done done = event.getDone();
    if (done != null) {
      return "%-9s %s %s%s%s%s (command at offset %d)%s"
          .formatted(
              "DONE",
              done.getCommand(),
              done.getModel(),
              done.getVersion() == null ? "" : "/" + done.getVersion(),
              done.getLabel() == null ? "" : " " + done.getLabel(),
              done.getPipeline() == null ? "" : " " + done.getPipeline(),
              done.getOffset(),
              because(null, done.getBy(), done.getWhy()));
    }
    return Optional.ofNullable(event.getCutover()).map(AuditText::cutover).orElse("");
  }

  private static String cutover(Cutover cutover) {
    String model = cutover.getModel().isEmpty() ? "version " : cutover.getModel() + "/";
    return "%-9s %s: %s-%d@%d is the first by %s%d%s (epoch %d)"
        .formatted(
            "CUTOVER",
            cutover.getPipeline(),
            cutover.getTopic(),
            cutover.getPartition(),
            cutover.getOffset(),
            model,
            cutover.getTo(),
            instead(cutover.getFrom())
                + (cutover.getEffectiveFrom() == null
                    ? ""
                    : ", from " + cutover.getEffectiveFrom() + " on")
                + (cutover.getRefusedBefore() == null
                    ? ""
                    : ", with dead letters before " + cutover.getRefusedBefore()),
            cutover.getEpoch());
  }

  /** From which record timestamp on, or until which of one that serves no more. */
  private static String effective(Decided decided) {
    Instant from = decided.getEffectiveFrom();
    if (from == null) {
      return "";
    }
    return decided.getOutcome() == Outcome.RETIRED
        ? ", which has served records from before " + from
        : ", for records from " + from + " on";
  }

  private static String instead(@Nullable Long from) {
    return from == null ? "" : " instead of " + from;
  }

  private static String because(
      @Nullable String reason, @Nullable String by, @Nullable String why) {
    return (by == null ? "" : ", by " + by)
        + (why == null ? "" : ", because: " + why)
        + (reason == null ? "" : ": " + reason);
  }
}
