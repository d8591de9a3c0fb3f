package io.penstock.control;

import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Promote;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The version that a promotion is about, once a label has been resolved, or what speaks against it.
 * Resolved once, when the command is answered: a label that moves later changes nothing.
 */
sealed interface Target {

  /** The number. */
  record Version(long number) implements Target {}

  /** There is none. */
  record Objection(String reason) implements Target {}

  /** So that a decision, which carries their sums, fits into a message. */
  int MOST_FILES = 1_000;

  int MOST_PATH_CHARACTERS = 500;

  Pattern SHA256 = Pattern.compile("\\p{XDigit}{64}");

  /** What a command asks for. */
  static Target of(Promote promote, Optional<ModelDecision> decision, Objections objections) {
    Optional<String> malformed = malformed(promote);
    if (malformed.isPresent()) {
      return new Objection(malformed.get());
    }
    String label = promote.getLabel();
    Long version = promote.getVersion();
    if (label != null) {
      version = labelled(label, promote.getModel(), decision, objections);
      if (version == null) {
        return new Objection(unresolved(label, promote.getModel(), decision));
      }
    }
    boolean widens =
        promote.getEffectiveFrom() == null
            && decision.map(ModelDecision::getActiveFrom).isPresent();
    Long active = widens ? null : decision.map(ModelDecision::getActive).orElse(null);
    return version == null || version < 0
        ? new Objection("promote.version: %d (expected: 0 or more)".formatted(version))
        : version.equals(active)
            ? new Objection("%s/%d is already active".formatted(promote.getModel(), version))
            : new Version(version);
  }

  /** The sums that a command asks for; none if it says nothing. */
  static Map<String, String> manifest(Promote promote) {
    return promote.getManifest() == null ? Map.of() : promote.getManifest();
  }

  private static Optional<String> malformed(Promote promote) {
    Map<String, String> manifest = manifest(promote);
    if ((promote.getVersion() == null) == (promote.getLabel() == null)) {
      return Optional.of(
          "promote: %s version %s label (expected: one of them)"
              .formatted(
                  promote.getLabel() == null ? "neither" : "both",
                  promote.getLabel() == null ? "nor" : "and"));
    }
    Double share = promote.getRequire();
    if (share != null && !(share > 0 && share <= 1)) {
      return Optional.of("promote.require: %s (expected: above 0 and at most 1)".formatted(share));
    }
    if (manifest.size() > MOST_FILES) {
      return Optional.of(
          "promote.manifest: %d files (expected: at most %d)"
              .formatted(manifest.size(), MOST_FILES));
    }
    for (Map.Entry<String, String> sum : manifest.entrySet()) {
      if (sum.getKey().length() > MOST_PATH_CHARACTERS
          || !SHA256.matcher(sum.getValue()).matches()) {
        return Optional.of(
            "promote.manifest: %s: %s (expected: a path and a SHA-256 sum of 64 hexadecimal digits)"
                .formatted(sum.getKey(), sum.getValue()));
      }
    }
    return Optional.empty();
  }

  private static @Nullable Long labelled(
      String label, String model, Optional<ModelDecision> decision, Objections objections) {
    return label.equals(HoldingOrder.LATEST)
        ? objections.latest(model).orElse(null)
        : decision.map(ModelDecision::getLabels).map(labels -> labels.get(label)).orElse(null);
  }

  private static String unresolved(String label, String model, Optional<ModelDecision> decision) {
    if (label.equals(HoldingOrder.LATEST)) {
      return "promote.label: latest: no live instance has a version of model " + model;
    }
    SortedSet<String> known = new TreeSet<>();
    known.add(HoldingOrder.LATEST);
    decision.ifPresent(newest -> known.addAll(newest.getLabels().keySet()));
    return "promote.label: %s (expected: one of %s)".formatted(label, String.join(", ", known));
  }
}
