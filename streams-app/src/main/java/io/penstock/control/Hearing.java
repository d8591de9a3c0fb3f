package io.penstock.control;

import io.penstock.control.message.Decoded;
import io.penstock.schemas.Abort;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Command;
import io.penstock.schemas.InstanceReport;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Promote;
import io.penstock.schemas.Rejected;
import io.penstock.schemas.Rollback;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * One command being answered: by a PREPARE or ABORTED decision, or by REJECTED with the reason,
 * which changes nothing. Immutable.
 *
 * <p>A command that says more than this version understands is rejected, since what is not
 * understood may be a condition. While a model is in preparation its only command is abort. To
 * promote what is active is rejected as such. To roll back is to promote the version that was
 * active before, so that doing it twice returns to where one was.
 */
record Hearing(Fleet fleet, long offset, Now now, Instant defaultDeadline) {

  /** What a command expects when no version is active, or nothing has been decided. */
  static final long NONE = -1;

  private static final String SUPPORTED = "promote, rollback or abort";

  Ruling answer(Decoded<Command> decoded) {
    if (decoded instanceof Decoded.Message<Command> message) {
      return answer(message.value(), message.unknownFields());
    }
    return reject(((Decoded.Garbage<Command>) decoded).reason(), null, null);
  }

  private Ruling answer(Command command, List<String> unknownFields) {
    List<SpecificRecord> orders = orders(command);
    if (orders.size() != 1) {
      String given = orders.isEmpty() ? String.join(", ", unknownFields) : names(orders);
      return reject(
          "command: %s (expected: one %s)".formatted(given.isEmpty() ? "none" : given, SUPPORTED),
          null,
          command.getBy());
    }
    SpecificRecord order = orders.get(0);
    String model = (String) order.get(order.getSchema().getField("model").pos());
    Optional<String> objection =
        objection(unknownFields).or(() -> objection(command.getDeadline()));
    if (objection.isPresent()) {
      return reject(objection.get(), model, command.getBy());
    }
    if (command.getPromote() != null) {
      Promote promote = command.getPromote();
      return promote(command, promote);
    }
    if (command.getRollback() != null) {
      return rollback(command, command.getRollback());
    }
    if (command.getAbort() != null) {
      return abort(command, command.getAbort());
    }
    return reject(
        "%s is not supported yet (expected: %s)".formatted(names(orders), SUPPORTED),
        model,
        command.getBy());
  }

  private Ruling promote(Command command, Promote promote) {
    String model = promote.getModel();
    long version = promote.getVersion();
    Optional<String> objection =
        unknownModel(model)
            .or(() -> preparing(model))
            .or(() -> notExpected("promote", model, promote.getExpected()))
            .or(() -> notExpectedEpoch("promote", model, promote.getExpectedEpoch()))
            .or(() -> version < 0 ? Optional.of(negative(version)) : Optional.empty())
            .or(
                () ->
                    active(model).filter(active -> active == version).isPresent()
                        ? Optional.of("%s/%d is already active".formatted(model, version))
                        : Optional.empty());
    return objection
        .map(reason -> reject(reason, model, command.getBy()))
        .orElseGet(() -> prepare(command, model, version));
  }

  private Ruling rollback(Command command, Rollback rollback) {
    String model = rollback.getModel();
    Optional<Long> previous = fleet.decision(model).map(ModelDecision::getPrevious);
    Optional<String> objection =
        unknownModel(model)
            .or(() -> preparing(model))
            .or(() -> notExpected("rollback", model, rollback.getExpected()))
            .or(() -> notExpectedEpoch("rollback", model, rollback.getExpectedEpoch()))
            .or(
                () ->
                    previous.isPresent()
                        ? Optional.empty()
                        : Optional.of("model %s has no version to roll back to".formatted(model)));
    return objection
        .map(reason -> reject(reason, model, command.getBy()))
        .orElseGet(() -> prepare(command, model, previous.orElseThrow()));
  }

  private Ruling prepare(Command command, String model, long version) {
    ModelDecision decision =
        Promotion.prepare(
            fleet.decision(model),
            new Promotion.Request(
                model,
                version,
                offset,
                Objects.requireNonNullElse(command.getDeadline(), defaultDeadline),
                command.getBy(),
                command.getWhy(),
                protocolLevel(model)),
            now.time());
    return Ruling.decided(fleet, decision);
  }

  private Ruling abort(Command command, Abort abort) {
    String model = abort.getModel();
    Optional<ModelDecision> preparing =
        fleet.decision(model).filter(decision -> decision.getPhase() == Phase.PREPARE);
    if (preparing.isEmpty()) {
      return reject(
          "no version of model %s is in preparation".formatted(model), model, command.getBy());
    }
    long epoch = preparing.get().getEpoch();
    if (abort.getEpoch() != null && abort.getEpoch() != epoch) {
      return reject(
          "abort.epoch: %d (expected: %d, the epoch in preparation)"
              .formatted(abort.getEpoch(), epoch),
          model,
          command.getBy());
    }
    String by = command.getBy() == null ? "" : " by " + command.getBy();
    String why = command.getWhy() == null ? "" : ": " + command.getWhy();
    return Ruling.decided(
        fleet,
        Promotion.abort(
            preparing.get(), "command at offset %d%s%s".formatted(offset, by, why), now.time()));
  }

  private Ruling reject(String reason, @Nullable String model, @Nullable String by) {
    Rejected rejected = new Rejected(offset, reason, model, by);
    return Ruling.rejected(
        fleet, AuditEvent.newBuilder().setTime(now.time()).setRejected(rejected).build());
  }

  private Optional<String> unknownModel(String model) {
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

  private Optional<String> preparing(String model) {
    return fleet
        .decision(model)
        .filter(decision -> decision.getPhase() == Phase.PREPARE)
        .map(
            decision ->
                "%s/%d is in preparation (epoch %d); abort it, or wait for its end"
                    .formatted(model, decision.getTarget(), decision.getEpoch()));
  }

  private Optional<String> notExpected(String order, String model, @Nullable Long expected) {
    long active = active(model).orElse(NONE);
    return expected == null || expected == active
        ? Optional.empty()
        : Optional.of(
            "%s.expected: %d (expected: %s, the version of %s now active)"
                .formatted(order, expected, active == NONE ? "-1 for none" : active, model));
  }

  private Optional<String> notExpectedEpoch(String order, String model, @Nullable Long expected) {
    long newest = fleet.decision(model).map(ModelDecision::getEpoch).orElse(NONE);
    return expected == null || expected == newest
        ? Optional.empty()
        : Optional.of(
            "%s.expectedEpoch: %d (expected: %s, the epoch of the newest decision about %s)"
                .formatted(order, expected, newest == NONE ? "-1 for none" : newest, model));
  }

  private Optional<Long> active(String model) {
    return fleet.decision(model).map(ModelDecision::getActive);
  }

  /** The lowest level of the live instances; before any is heard, this one's. */
  private int protocolLevel(String model) {
    return fleet.attendance().live(model).stream()
        .mapToInt(InstanceReport::getProtocolLevel)
        .min()
        .orElse(ProtocolLevel.CURRENT);
  }

  private Optional<String> objection(@Nullable Instant deadline) {
    return deadline == null || deadline.isAfter(now.time())
        ? Optional.empty()
        : Optional.of("deadline: %s (expected: after now, %s)".formatted(deadline, now.time()));
  }

  private static Optional<String> objection(List<String> unknownFields) {
    return unknownFields.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "unknown: %s (expected: nothing else)".formatted(String.join(", ", unknownFields)));
  }

  private static String negative(long version) {
    return "promote.version: %d (expected: 0 or more)".formatted(version);
  }

  /** What the command asks for: the values of its fields that are records. */
  private static List<SpecificRecord> orders(Command command) {
    return Command.getClassSchema().getFields().stream()
        .map(Schema.Field::pos)
        .map(command::get)
        .filter(SpecificRecord.class::isInstance)
        .map(SpecificRecord.class::cast)
        .toList();
  }

  private static String names(List<SpecificRecord> orders) {
    return String.join(
        " and ",
        orders.stream()
            .map(order -> order.getSchema().getName().toLowerCase(java.util.Locale.ROOT))
            .toList());
  }
}
