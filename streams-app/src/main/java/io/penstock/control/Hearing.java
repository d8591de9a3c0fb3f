package io.penstock.control;

import io.penstock.control.message.Decoded;
import io.penstock.schemas.Abort;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Command;
import io.penstock.schemas.Done;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import io.penstock.schemas.Promote;
import io.penstock.schemas.Rejected;
import io.penstock.schemas.Rollback;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * One command being answered: by a PREPARE decision, whose end is told later; by DONE; or by
 * REJECTED with the reason, which changes nothing. Immutable.
 *
 * <p>A command that says more than this version understands is rejected, since what is not
 * understood may be a condition. While a model is in preparation its only command is abort. To
 * promote what is active is rejected as such. To roll back is to promote the version that was
 * active before, so that doing it twice returns to where one was. To promote from a record
 * timestamp on is to end the preparation {@link PromotionTimes#notice} before it, at the latest.
 */
record Hearing(Fleet fleet, long offset, Now now, PromotionTimes times) {

  /** What a command expects when no version is active, or nothing has been decided. */
  static final long NONE = -1;

  private static final String SUPPORTED =
      "promote, rollback, load, unload, pin, unpin, label, pause, resume or abort";

  Ruling answer(Decoded<Command> decoded) {
    if (decoded instanceof Decoded.Message<Command> message) {
      return answer(message.value(), message.unknownFields());
    }
    return reject(((Decoded.Garbage<Command>) decoded).reason(), null, new Command());
  }

  private Ruling answer(Command command, List<String> unknownFields) {
    List<SpecificRecord> orders = orders(command);
    if (orders.size() != 1) {
      String given = orders.isEmpty() ? String.join(", ", unknownFields) : names(orders);
      return reject(
          "command: %s (expected: one %s)".formatted(given.isEmpty() ? "none" : given, SUPPORTED),
          null,
          command);
    }
    SpecificRecord order = orders.get(0);
    String pipeline = text(order, "pipeline");
    String model = pipeline == null ? text(order, "model") : objections().modelOf(pipeline);
    if (model == null) {
      return reject(objections().unknownPipeline(String.valueOf(pipeline)), null, command);
    }
    Optional<String> objection =
        Objections.unknown(unknownFields)
            .or(() -> Objections.impossible(command.getDeadline(), now.time()))
            .or(() -> objections().unknownModel(model));
    if (objection.isPresent()) {
      return reject(objection.get(), model, command);
    }
    if (order instanceof Abort abort) {
      return abort(command, abort);
    }
    Optional<String> busy = objections().preparing(model);
    if (busy.isPresent()) {
      return reject(busy.get(), model, command);
    }
    if (order instanceof Promote promote) {
      return promote(command, promote);
    }
    return order instanceof Rollback rollback
        ? rollback(command, rollback)
        : hold(command, HoldingOrder.of(order, model).orElseThrow());
  }

  private static @Nullable String text(SpecificRecord order, String field) {
    Schema.Field found = order.getSchema().getField(field);
    return found == null ? null : (String) order.get(found.pos());
  }

  private Ruling promote(Command command, Promote promote) {
    String model = promote.getModel();
    boolean conditional = promote.getRequire() != null || promote.getManifest() != null;
    Optional<String> objection =
        objections()
            .notExpected("promote", model, promote.getExpected())
            .or(() -> notExpectedEpoch("promote", model, promote.getExpectedEpoch()))
            .or(() -> conditional ? belowLevel("require and manifest", model) : Optional.empty())
            .or(() -> objections().untimely(promote, times.notice(), now.time()));
    if (objection.isPresent()) {
      return reject(objection.get(), model, command);
    }
    Target target = Target.of(promote, fleet.decision(model), objections());
    return target instanceof Target.Version version
        ? prepare(
            command,
            model,
            version.number(),
            promote.getRequire(),
            promote.getEffectiveFrom(),
            manifest(promote, version.number()))
        : reject(((Target.Objection) target).reason(), model, command);
  }

  /** What serves some records already is promoted for all of them as it is. */
  private Map<String, String> manifest(Promote promote, Long version) {
    return fleet
        .decision(promote.getModel())
        .filter(decision -> promote.getManifest() == null && version.equals(decision.getActive()))
        .map(ModelDecision::getActiveManifest)
        .orElseGet(() -> Target.manifest(promote));
  }

  private Ruling rollback(Command command, Rollback rollback) {
    String model = rollback.getModel();
    Optional<ModelDecision> before = fleet.decision(model);
    Optional<Long> previous = before.map(ModelDecision::getPrevious);
    Map<String, String> manifest =
        before.map(ModelDecision::getPreviousManifest).orElseGet(Map::of);
    Optional<String> objection =
        objections()
            .notExpected("rollback", model, rollback.getExpected())
            .or(() -> notExpectedEpoch("rollback", model, rollback.getExpectedEpoch()))
            .or(
                () ->
                    previous.isPresent()
                        ? Optional.empty()
                        : Optional.of("model %s has no version to roll back to".formatted(model)));
    return objection
        .map(reason -> reject(reason, model, command))
        .orElseGet(() -> prepare(command, model, previous.orElseThrow(), null, null, manifest));
  }

  private Ruling prepare(
      Command command,
      String model,
      long version,
      @Nullable Double require,
      @Nullable Instant effectiveFrom,
      Map<String, String> manifest) {
    return Ruling.decided(
        fleet,
        Promotion.prepare(
            fleet.decision(model),
            new Promotion.Request(
                model,
                version,
                objections().absent(model, version).isEmpty(),
                offset,
                deadline(command, effectiveFrom),
                require,
                effectiveFrom,
                manifest,
                Texts.boundedOrNull(command.getBy()),
                Texts.boundedOrNull(command.getWhy())),
            now.time()));
  }

  /** Everybody is to know how it ended before the first record is there that needs it. */
  private Instant deadline(Command command, @Nullable Instant effectiveFrom) {
    Instant asked =
        Objects.requireNonNullElseGet(
            command.getDeadline(), () -> now.time().plus(times.preparation()));
    Instant latest = effectiveFrom == null ? asked : effectiveFrom.minus(times.notice());
    return asked.isBefore(latest) ? asked : latest;
  }

  private Ruling hold(Command command, HoldingOrder order) {
    String model = order.model();
    String name = order.kind().name().toLowerCase(Locale.ROOT);
    Optional<ModelDecision> decision = fleet.decision(model);
    Optional<String> objection =
        objections()
            .belowLevel(name, model, order.kind().level())
            .or(
                () ->
                    decision.isPresent()
                        ? Optional.empty()
                        : Optional.of(
                            "%s: nothing has been decided about model %s yet; promote a version first"
                                .formatted(name, model)))
            .or(() -> order.objection(decision.orElseThrow(), objections()));
    if (objection.isPresent()) {
      return reject(objection.get(), model, command);
    }
    ModelDecision before = decision.orElseThrow();
    ModelDecision after =
        Promotion.holding(before, order.appliedTo(Holdings.of(before), objections()));
    return new Ruling(fleet.with(after), List.of(after), List.of(done(command, order, name)));
  }

  private Ruling abort(Command command, Abort abort) {
    String model = abort.getModel();
    Optional<ModelDecision> preparing =
        fleet.decision(model).filter(decision -> decision.getPhase() == Phase.PREPARE);
    if (preparing.isEmpty()) {
      return reject("no version of model %s is in preparation".formatted(model), model, command);
    }
    long epoch = preparing.get().getEpoch();
    if (abort.getEpoch() != null && abort.getEpoch() != epoch) {
      return reject(
          "abort.epoch: %d (expected: %d, the epoch in preparation)"
              .formatted(abort.getEpoch(), epoch),
          model,
          command);
    }
    String by = command.getBy() == null ? "" : " by " + command.getBy();
    String why = command.getWhy() == null ? "" : ": " + command.getWhy();
    ModelDecision aborted = Promotion.abortByCommand(preparing.get(), offset, by + why, now.time());
    return new Ruling(
        fleet.with(aborted),
        List.of(aborted),
        List.of(
            Promotion.audit(aborted),
            done(command, model, "abort", preparing.get().getTarget(), null, null)));
  }

  private AuditEvent done(Command command, HoldingOrder order, String name) {
    return done(command, order.model(), name, order.version(), order.label(), order.pipeline());
  }

  private AuditEvent done(
      Command command,
      String model,
      String name,
      @Nullable Long version,
      @Nullable String label,
      @Nullable String pipeline) {
    return AuditEvent.newBuilder()
        .setTime(now.time())
        .setDone(
            new Done(
                offset,
                model,
                name,
                version,
                label,
                pipeline,
                Texts.boundedOrNull(command.getBy()),
                Texts.boundedOrNull(command.getWhy())))
        .build();
  }

  private Ruling reject(String reason, @Nullable String model, Command command) {
    Rejected rejected =
        new Rejected(
            offset,
            Texts.bounded(reason),
            Texts.boundedOrNull(model),
            Texts.boundedOrNull(command.getBy()),
            Texts.boundedOrNull(command.getWhy()));
    return Ruling.rejected(
        fleet, AuditEvent.newBuilder().setTime(now.time()).setRejected(rejected).build());
  }

  private Objections objections() {
    return new Objections(fleet);
  }

  private Optional<String> notExpectedEpoch(String order, String model, @Nullable Long expected) {
    return objections().notExpectedEpoch(order, model, expected);
  }

  private Optional<String> belowLevel(String what, String model) {
    return objections().belowLevel(what, model, ProtocolLevel.HOLDINGS);
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
            .map(order -> order.getSchema().getName().toLowerCase(Locale.ROOT))
            .toList());
  }
}
