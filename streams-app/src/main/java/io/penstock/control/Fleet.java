package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * All that a controller knows: the newest decision of each model and who is there. Immutable. The
 * decisions are what survives it; a successor reads them back and starts with an empty attendance.
 */
public final class Fleet {

  /** Nobody changes it any more: fleets that differ in their attendance share it. */
  private final SortedMap<String, ModelDecision> decisions;

  private final Attendance attendance;

  /** With a copy of these decisions. */
  public Fleet(SortedMap<String, ModelDecision> decisions, Attendance attendance) {
    this(attendance, Collections.unmodifiableSortedMap(new TreeMap<>(decisions)));
  }

  private Fleet(Attendance attendance, SortedMap<String, ModelDecision> decisions) {
    this.decisions = decisions;
    this.attendance = attendance;
  }

  /** Before any decision and any report. */
  public static Fleet empty(Duration livenessTimeout) {
    return new Fleet(new TreeMap<>(), Attendance.empty(livenessTimeout));
  }

  /** The newest decisions, by model; not to be changed. */
  public SortedMap<String, ModelDecision> decisions() {
    return decisions;
  }

  /** Who is there. */
  public Attendance attendance() {
    return attendance;
  }

  /** The newest decision about a model. */
  public Optional<ModelDecision> decision(String model) {
    return Optional.ofNullable(decisions.get(model));
  }

  /** With that decision as its model's newest. */
  public Fleet with(ModelDecision decision) {
    TreeMap<String, ModelDecision> next = new TreeMap<>(decisions);
    next.put(decision.getModel(), decision);
    return new Fleet(attendance, Collections.unmodifiableSortedMap(next));
  }

  /** With another attendance. */
  public Fleet with(Attendance next) {
    return new Fleet(next, decisions);
  }
}
