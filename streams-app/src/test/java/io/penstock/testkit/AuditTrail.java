package io.penstock.testkit;

import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Cutover;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** A service's audit topic, as a user reads it. Not thread-safe. */
public final class AuditTrail {

  private final CommittedRecords records;
  private final String topic;

  public AuditTrail(CommittedRecords records, String service) {
    this.records = records;
    this.topic = service + ".audit";
  }

  /** Every event so far. */
  public List<AuditEvent> events() {
    List<AuditEvent> events = new ArrayList<>();
    records.forEach(
        topic,
        record ->
            events.add(
                ((Decoded.Message<AuditEvent>)
                        ControlMessages.jsonOnly().auditEvent(record.value()))
                    .value()));
    return events;
  }

  /** Every cutover so far. */
  public List<Cutover> cutovers() {
    return events().stream().map(AuditEvent::getCutover).filter(Objects::nonNull).toList();
  }

  /**
   * What a command came to, once that is known: "ACTIVATED 2", "ABORTED 3: …", "REJECTED: …",
   * "DONE".
   */
  public String verdict(long command) {
    Await.until(
        () -> "a verdict on the command at offset " + command + " in " + events(),
        60,
        () -> verdictSoFar(command).isPresent());
    return verdictSoFar(command).orElseThrow();
  }

  /** The same, now. */
  public Optional<String> verdictSoFar(long command) {
    return events().stream().flatMap(event -> verdict(event, command).stream()).findFirst();
  }

  private static Optional<String> verdict(AuditEvent event, long command) {
    if (event.getRejected() != null && event.getRejected().getOffset() == command) {
      return Optional.of("REJECTED: " + event.getRejected().getReason());
    }
    if (event.getDone() != null && event.getDone().getOffset() == command) {
      return Optional.of("DONE");
    }
    Decided decided = event.getDecided();
    if (decided == null
        || decided.getEpoch() != command
        || decided.getOutcome() == Outcome.PREPARE) {
      return Optional.empty();
    }
    String reason = decided.getReason() == null ? "" : ": " + decided.getReason();
    return Optional.of(decided.getOutcome() + " " + decided.getVersion() + reason);
  }
}
