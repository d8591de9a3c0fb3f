package io.penstock.control;

import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.avro.specific.SpecificRecord;

/**
 * What the controller made of a message: the fleet after it, and what to write, atomically and
 * before the next message is looked at. Immutable.
 */
public record Ruling(Fleet fleet, List<ModelDecision> decisions, List<AuditEvent> audit) {

  /** What topics and producers take by default is 48 KB more, for a reason and the framing. */
  private static final int MOST_BYTES = 1_000_000;

  public Ruling {
    decisions = List.copyOf(decisions);
    audit = List.copyOf(audit);
  }

  /** Nothing is to be written. */
  public static Ruling silent(Fleet fleet) {
    return new Ruling(fleet, List.of(), List.of());
  }

  static Ruling decided(Fleet before, ModelDecision decision) {
    return new Ruling(before.with(decision), List.of(decision), List.of(Promotion.audit(decision)));
  }

  static Ruling rejected(Fleet fleet, AuditEvent rejection) {
    return new Ruling(fleet, List.of(), List.of(rejection));
  }

  /**
   * Why it cannot be written, if something of it, or the activation that it may lead to, would be
   * larger than a message: one that no controller could ever write would stand in the way for ever.
   */
  Optional<String> oversize(Instant now) {
    return Stream.<SpecificRecord>concat(
            Stream.concat(decisions.stream(), audit.stream()),
            decisions.stream()
                .filter(decision -> decision.getPhase() == Phase.PREPARE)
                .map(preparing -> Promotion.activate(preparing, now)))
        .map(message -> ControlMessages.encode(message).length)
        .filter(bytes -> bytes > MOST_BYTES)
        .findFirst()
        .map(
            bytes ->
                "size: the decision would take %,d bytes (expected: at most %,d)"
                    .formatted(bytes, MOST_BYTES));
  }

  /** Whether there is nothing to write. */
  public boolean isSilent() {
    return decisions.isEmpty() && audit.isEmpty();
  }
}
