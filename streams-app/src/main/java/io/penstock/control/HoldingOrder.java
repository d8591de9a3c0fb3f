package io.penstock.control;

import io.penstock.schemas.Label;
import io.penstock.schemas.Load;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Pause;
import io.penstock.schemas.Pin;
import io.penstock.schemas.Resume;
import io.penstock.schemas.Unload;
import io.penstock.schemas.Unpin;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/**
 * A command that changes a model's {@link Holdings} and needs no promotion: load, unload, pin,
 * unpin, label, pause, resume. Immutable.
 *
 * @param version what it is about; null: the label is to be deleted, or it is about a pipeline
 * @param label of a label command only
 * @param pipeline of pause and resume only
 */
record HoldingOrder(
    Kind kind,
    String model,
    @Nullable Long version,
    @Nullable String label,
    @Nullable String pipeline) {

  /** Stands for the highest version there is, so no label may be called so. */
  static final String LATEST = "latest";

  /** So that decisions, which carry them all, stay small. */
  private static final int MOST_HELD = 250;

  // A name of digits alone would look like a version.
  private static final Pattern LABEL = Pattern.compile("(?!\\d+$)[A-Za-z0-9._-]{1,64}");

  /** What it asks for, by its name in the command. */
  enum Kind {
    LOAD,
    UNLOAD,
    PIN,
    UNPIN,
    LABEL,
    PAUSE,
    RESUME;

    /** The level of the protocol that knows it. */
    int level() {
      return this == PAUSE || this == RESUME ? ProtocolLevel.PAUSES : ProtocolLevel.HOLDINGS;
    }
  }

  /**
   * The order, if it is one of these.
   *
   * @param model the one that it is about
   */
  static Optional<HoldingOrder> of(SpecificRecord order, String model) {
    if (order instanceof Pause pause) {
      return of(Kind.PAUSE, model, pause.getPipeline());
    }
    if (order instanceof Resume resume) {
      return of(Kind.RESUME, model, resume.getPipeline());
    }
    if (order instanceof Load load) {
      return of(Kind.LOAD, load.getModel(), load.getVersion());
    }
    if (order instanceof Unload unload) {
      return of(Kind.UNLOAD, unload.getModel(), unload.getVersion());
    }
    if (order instanceof Pin pin) {
      return of(Kind.PIN, pin.getModel(), pin.getVersion());
    }
    if (order instanceof Unpin unpin) {
      return of(Kind.UNPIN, unpin.getModel(), unpin.getVersion());
    }
    return order instanceof Label label
        ? Optional.of(
            new HoldingOrder(
                Kind.LABEL, label.getModel(), label.getVersion(), label.getLabel(), null))
        : Optional.empty();
  }

  private static Optional<HoldingOrder> of(Kind kind, String model, long version) {
    return Optional.of(new HoldingOrder(kind, model, version, null, null));
  }

  private static Optional<HoldingOrder> of(Kind kind, String model, String pipeline) {
    return Optional.of(new HoldingOrder(kind, model, null, null, pipeline));
  }

  /** What speaks against it, for users. */
  Optional<String> objection(ModelDecision decision, Objections objections) {
    Holdings held = Holdings.of(decision);
    return refusal(decision, held, objections)
        .or(
            () ->
                appliedTo(held, objections).largest() > MOST_HELD
                    ? Optional.of(
                        "model %s: %d versions or labels are held already (expected: at most %d)"
                            .formatted(model, held.largest(), MOST_HELD))
                    : Optional.empty());
  }

  private Optional<String> refusal(ModelDecision decision, Holdings held, Objections objections) {
    if (pipeline != null) {
      boolean done = held.paused().contains(pipeline) == (kind == Kind.PAUSE);
      return done
          ? Optional.of(
              "pipeline %s is %s"
                  .formatted(pipeline, kind == Kind.PAUSE ? "paused already" : "not paused"))
          : Optional.empty();
    }
    if (label != null && (!LABEL.matcher(label).matches() || label.equals(LATEST))) {
      return Optional.of(
          "label.label: %s (expected: up to 64 letters, digits, '.', '_' or '-', not digits alone and not %s)"
              .formatted(label, LATEST));
    }
    if (version == null) {
      return held.labels().containsKey(label)
          ? Optional.empty()
          : Optional.of("model %s has no label %s".formatted(model, label));
    }
    return switch (kind) {
      case LOAD ->
          when(
                  held.loaded().contains(version),
                  "is loaded by command already; to have it tried again after a failure, unload it first")
              .or(() -> objections.absent(model, version));
      case PIN ->
          when(
                  held.pins().contains(version),
                  "is pinned already; to have it tried again after a failure, unpin it first")
              .or(() -> objections.absent(model, version));
      case LABEL ->
          when(
                  version.equals(held.labels().get(label)),
                  "is what label " + label + " points at already")
              .or(() -> objections.absent(model, version));
      case UNPIN -> when(!held.pins().contains(version), "is not pinned");
      case UNLOAD -> unloading(decision, held, objections);
      case PAUSE, RESUME -> Optional.empty();
    };
  }

  private Optional<String> unloading(ModelDecision decision, Holdings held, Objections objections) {
    long unwanted = Objects.requireNonNull(version);
    return when(version.equals(decision.getActive()), "is active; promote another version first")
        .or(
            () ->
                when(
                    decision.getActiveFrom() != null && version.equals(decision.getPrevious()),
                    "serves records from before %s; wait until control.retain-for is over, or promote %s/%d for all records"
                        .formatted(decision.getActiveFrom(), model, decision.getActive())))
        .or(() -> when(held.pins().contains(version), "is pinned; unpin it first"))
        .or(
            () ->
                when(
                    !held.labelsOf(unwanted).isEmpty(),
                    "is what label %s points at; move or delete that first"
                        .formatted(String.join(", ", held.labelsOf(unwanted)))))
        .or(
            () ->
                when(
                    !held.loaded().contains(version) && !objections.isLoaded(model, unwanted),
                    "is not loaded on any live instance"));
  }

  private Optional<String> when(boolean holds, String why) {
    return holds ? Optional.of("%s/%d %s".formatted(model, version, why)) : Optional.empty();
  }

  /** What is held once it is carried out. Versions that are gone make room for others. */
  Holdings appliedTo(Holdings held, Objections objections) {
    Holdings next = appliedTo(held);
    return next.largest() > MOST_HELD
        ? next.forgetUnloaded(version -> objections.absent(model, version).isPresent())
        : next;
  }

  private Holdings appliedTo(Holdings held) {
    if (pipeline != null) {
      return kind == Kind.PAUSE ? held.pause(pipeline) : held.resume(pipeline);
    }
    if (version == null) {
      return held.unlabel(String.valueOf(label));
    }
    return switch (kind) {
      case LOAD -> held.load(version);
      case UNLOAD -> held.unload(version);
      case PIN -> held.pin(version);
      case UNPIN -> held.unpin(version);
      case LABEL -> held.label(String.valueOf(label), version);
      case PAUSE, RESUME -> held;
    };
  }
}
