package io.penstock.inference;

import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.fitness.NonFinite;
import org.jspecify.annotations.Nullable;

/** Says of a row of outputs which is infinite or NaN. Stateless. */
final class FiniteOutputs {

  private FiniteOutputs() {}

  /** Which output of a row is not finite, as a user is told; null if all are. */
  static @Nullable String violation(ModelSignature signature, Rows outputs, int row) {
    for (int i = 0; i < outputs.columns().size(); i++) {
      int element = NonFinite.firstElement(outputs.column(i), row);
      if (element >= 0) {
        return "output %s: element %d is infinite or not a number (expected: finite numbers, or output.non-finite: pass)"
            .formatted(signature.outputs().get(i), element);
      }
    }
    return null;
  }
}
