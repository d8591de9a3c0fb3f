package io.penstock.model;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A named entry point of a SavedModel, {@code serving_default} by convention: its inputs and
 * outputs, each list sorted by name. {@link Rows} of this signature hold their columns in the same
 * order.
 */
public record ModelSignature(String name, List<TensorSpec> inputs, List<TensorSpec> outputs) {

  public ModelSignature {
    Objects.requireNonNull(name, "name");
    inputs = sorted(inputs);
    outputs = sorted(outputs);
  }

  /** The input of that name. */
  public Optional<TensorSpec> input(String inputName) {
    return inputs.stream().filter(spec -> spec.name().equals(inputName)).findFirst();
  }

  /**
   * The only batch size that the model takes, if its inputs do not leave the batch dimension open.
   */
  public OptionalInt batchSize() {
    return inputs.stream()
        .mapToLong(spec -> spec.shape().get(0))
        .filter(size -> size >= 0)
        .mapToInt(Math::toIntExact)
        .findFirst();
  }

  /** Whether rows of every input have a size known beforehand. */
  public boolean hasFixedSizeInputs() {
    return inputs.stream().allMatch(TensorSpec::isFixedSize);
  }

  private static List<TensorSpec> sorted(List<TensorSpec> specs) {
    return specs.stream().sorted(java.util.Comparator.comparing(TensorSpec::name)).toList();
  }
}
