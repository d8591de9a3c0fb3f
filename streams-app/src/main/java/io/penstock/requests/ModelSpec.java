package io.penstock.requests;

import java.util.Optional;

/**
 * Which version of a model a request means, and which of its signatures: TensorFlow Serving's
 * {@code ModelSpec}. Version and label exclude each other; without either it is the version that
 * the fleet serves.
 *
 * @param signature empty for {@link #DEFAULT_SIGNATURE}
 */
public record ModelSpec(
    String model, Optional<Long> version, Optional<String> label, Optional<String> signature) {

  /** TensorFlow's {@code kDefaultServingSignatureDefKey}. */
  public static final String DEFAULT_SIGNATURE = "serving_default";

  public ModelSpec {
    if (version.isPresent() && label.isPresent()) {
      throw new RefusedRequestException(
          RefusedRequestException.Code.INVALID_ARGUMENT,
          "version: %d and label: %s (expected: one of them at most)"
              .formatted(version.get(), label.get()));
    }
  }

  /** The version that the fleet serves, by its default signature. */
  public static ModelSpec of(String model) {
    return new ModelSpec(model, Optional.empty(), Optional.empty(), Optional.empty());
  }

  /** The same by that signature, if there is one. */
  public ModelSpec withSignature(Optional<String> name) {
    return new ModelSpec(model, version, label, name);
  }

  /** The name of the signature that is meant. */
  public String signatureName() {
    return signature.filter(name -> !name.isEmpty()).orElse(DEFAULT_SIGNATURE);
  }

  /** As TensorFlow Serving prints a request for a servable. */
  @Override
  public String toString() {
    return version
        .map(number -> "Specific(" + model + ", " + number + ")")
        .orElse("Latest(" + model + ")");
  }
}
