package io.penstock.requests.examples;

import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.TensorSpec;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds outputs by the names that classifications and regressions have for them. Immutable. */
record ExampleOutputs(Answer answer) {

  /** The column of that name and dtype, if there is one. */
  @Nullable Column column(String name, DType dtype) {
    List<TensorSpec> outputs = answer.signature().outputs();
    for (int i = 0; i < outputs.size(); i++) {
      if (outputs.get(i).name().equals(name) && outputs.get(i).dtype() == dtype) {
        return answer.outputs().column(i);
      }
    }
    return null;
  }

  RefusedRequestException noMethod(String method, String expected) {
    return RefusedRequestException.invalid(
        "signature %s of %s cannot %s: its outputs are %s (expected: %s)"
            .formatted(
                answer.signature().name(),
                answer.version(),
                method,
                answer.signature().outputs(),
                expected));
  }
}
