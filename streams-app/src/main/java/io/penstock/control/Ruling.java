package io.penstock.control;

import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.ModelDecision;
import java.util.List;

/**
 * What the controller made of a message: the fleet after it, and what to write, atomically and
 * before the next message is looked at. Immutable.
 */
public record Ruling(Fleet fleet, List<ModelDecision> decisions, List<AuditEvent> audit) {

  public Ruling {
    decisions = List.copyOf(decisions);
    audit = List.copyOf(audit);
  }

  static Ruling decided(Fleet before, ModelDecision decision) {
    return new Ruling(before.with(decision), List.of(decision), List.of(Promotion.audit(decision)));
  }

  static Ruling rejected(Fleet fleet, AuditEvent rejection) {
    return new Ruling(fleet, List.of(), List.of(rejection));
  }

  /** Whether there is nothing to write. */
  public boolean isSilent() {
    return decisions.isEmpty() && audit.isEmpty();
  }
}
