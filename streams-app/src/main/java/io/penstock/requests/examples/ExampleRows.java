package io.penstock.requests.examples;

import io.penstock.model.DType;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import io.penstock.requests.RefusedRequestException;
import io.penstock.requests.RequestRows;
import java.util.List;
import java.util.function.IntFunction;

/** Rows of serialized {@code tf.Example}s. */
public final class ExampleRows {

  private ExampleRows() {}

  /**
   * Rows for a signature that takes examples.
   *
   * @param count how many, 1 or more; room for them has been taken
   * @param example the serialized example of a row
   * @throws RefusedRequestException if the signature takes none
   */
  public static RequestRows of(ModelSignature signature, int count, IntFunction<byte[]> example) {
    List<TensorSpec> inputs = signature.inputs();
    if (inputs.size() != 1
        || inputs.get(0).dtype() != DType.STRING
        || !inputs.get(0).rowShape().isEmpty()) {
      throw RefusedRequestException.invalid(
          "signature %s takes no examples: its inputs are %s (expected: one of serialized tf.Example, string[-1])"
              .formatted(signature.name(), inputs));
    }
    Rows rows = Rows.of(inputs, count);
    for (int row = 0; row < count; row++) {
      ((StringColumn) rows.column(0)).set(row, 0, example.apply(row));
    }
    return new RequestRows(signature, rows, count);
  }
}
