package io.penstock.testkit;

import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Cutover;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** A service's audit topic, as a user reads it. Not thread-safe. */
public final class AuditTrail {

  private final CommittedRecords records;
  private final String topic;

  public AuditTrail(CommittedRecords records, String service) {
    this.records = records;
    this.topic = service + ".audit";
  }

  /**
   * A cutover.
   *
   * @param at when the broker took it, in milliseconds
   */
  public record Dated(Cutover cutover, long at) {}

  /** Every event so far. */
  public List<AuditEvent> events() {
    List<AuditEvent> events = new ArrayList<>();
    records.forEach(topic, record -> events.add(event(record)));
    return events;
  }

  private static AuditEvent event(ConsumerRecord<byte[], byte[]> record) {
    return ((Decoded.Message<AuditEvent>) ControlMessages.jsonOnly().auditEvent(record.value()))
        .value();
  }

  /** Every decision about a promotion so far. */
  public List<Decided> decisions() {
    return events().stream().map(AuditEvent::getDecided).filter(Objects::nonNull).toList();
  }

  /** Which version became active, by when the broker took the decision, in milliseconds. */
  public NavigableMap<Long, Long> activations() {
    NavigableMap<Long, Long> activations = new TreeMap<>();
    records.forEach(
        topic,
        record -> {
          Decided decided = event(record).getDecided();
          if (decided != null && decided.getOutcome() == Outcome.ACTIVATED) {
            activations.put(record.timestamp(), decided.getVersion());
          }
        });
    return activations;
  }

  /** Every cutover so far. */
  public List<Cutover> cutovers() {
    return datedCutovers().stream().map(Dated::cutover).toList();
  }

  /** Every cutover so far, with its time. */
  public List<Dated> datedCutovers() {
    List<Dated> cutovers = new ArrayList<>();
    records.forEach(
        topic,
        record -> {
          Cutover cutover = event(record).getCutover();
          if (cutover != null) {
            cutovers.add(new Dated(cutover, record.timestamp()));
          }
        });
    return cutovers;
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
