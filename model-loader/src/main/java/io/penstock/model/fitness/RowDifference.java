package io.penstock.model.fitness;

import io.penstock.model.Column;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Finds the first element in which a row differs from another. Stateless. */
final class RowDifference {

  private RowDifference() {}

  /**
   * Compares the first rows. Floating-point numbers are equal if they differ by no more than the
   * tolerance, times the expected number where that is larger than one; all else is equal or not.
   *
   * @param computed as {@code expected}, one column for each output
   * @return where and how they differ
   */
  static Optional<String> first(
      List<TensorSpec> outputs, Rows expected, Rows computed, double tolerance) {
    for (int i = 0; i < outputs.size(); i++) {
      Optional<String> difference =
          first(outputs.get(i), expected.column(i), computed.column(i), tolerance);
      if (difference.isPresent()) {
        return difference;
      }
    }
    return Optional.empty();
  }

  private static Optional<String> first(
      TensorSpec output, Column expected, Column computed, double tolerance) {
    if (!Arrays.equals(expected.rowShape(), computed.rowShape())) {
      return Optional.of(
          "output %s: a row of shape %s (expected: %s)"
              .formatted(
                  output.name(),
                  Arrays.toString(computed.rowShape()),
                  Arrays.toString(expected.rowShape())));
    }
    for (int element = 0; element < expected.rowElements(); element++) {
      Object right = Values.at(expected, 0, element);
      Object found = Values.at(computed, 0, element);
      if (!equal(right, found, tolerance)) {
        return Optional.of(
            "output %s%s: %s (expected: %s%s)"
                .formatted(
                    output.name(),
                    Values.place(expected.rowShape(), element),
                    shown(found),
                    shown(right),
                    output.dtype().isFloat() ? ", tolerance: " + tolerance : ""));
      }
    }
    return Optional.empty();
  }

  private static boolean equal(Object expected, Object computed, double tolerance) {
    if (expected.equals(computed)) {
      return true;
    }
    if (!(expected instanceof Float || expected instanceof Double)) {
      return false;
    }
    double right = ((Number) expected).doubleValue();
    double difference = Math.abs(right - ((Number) computed).doubleValue());
    return difference <= tolerance * Math.max(1, Math.abs(right)) && Double.isFinite(right);
  }

  private static String shown(Object value) {
    return value instanceof ByteBuffer string
        ? Values.text(string).map(text -> '"' + text + '"').orElse(string.remaining() + " bytes")
        : value.toString();
  }
}
