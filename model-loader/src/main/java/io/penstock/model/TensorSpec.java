package io.penstock.model;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * One input or output of a signature: its name, dtype and shape. The shape includes the batch
 * dimension, which comes first; −1 stands for a dimension that the model leaves open. {@code
 * float32[-1,64]} is a batch of rows of 64 floats, {@code string[-1]} a batch of scalars.
 */
public record TensorSpec(String name, DType dtype, List<Long> shape) {

  public TensorSpec {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(dtype, "dtype");
    shape = List.copyOf(shape);
  }

  /** The dimensions of one row: the shape without its batch dimension. Empty for a scalar. */
  public List<Long> rowShape() {
    return shape.isEmpty() ? List.of() : shape.subList(1, shape.size());
  }

  /** Whether every dimension of a row is known, so that each row has as many elements. */
  public boolean isFixedSize() {
    return rowShape().stream().allMatch(d -> d >= 0);
  }

  /**
   * Elements of one row: 1 for a scalar.
   *
   * @throws IllegalStateException if the row is not of fixed size
   */
  public int rowElements() {
    long elements = 1;
    for (long dimension : rowShape()) {
      if (dimension < 0) {
        throw new IllegalStateException(this + " has rows of no fixed size");
      }
      elements = Math.multiplyExact(elements, dimension);
    }
    return Math.toIntExact(elements);
  }

  @Override
  public String toString() {
    return name
        + ": "
        + dtype
        + shape.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }
}
