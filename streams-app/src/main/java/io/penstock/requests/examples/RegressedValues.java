package io.penstock.requests.examples;

import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.requests.Answer;
import io.penstock.requests.RefusedRequestException;

/**
 * The values of an answer's rows: its output {@code outputs}. Reads the answer, until that is
 * closed.
 */
public final class RegressedValues {

  private final NumericColumn values;

  private RegressedValues(NumericColumn values) {
    this.values = values;
  }

  /**
   * Those of an answer.
   *
   * @throws RefusedRequestException if the signature is none of a regression
   */
  public static RegressedValues of(Answer answer) {
    ExampleOutputs outputs = new ExampleOutputs(answer);
    NumericColumn values = (NumericColumn) outputs.column("outputs", DType.FLOAT32);
    if (values == null || values.rowElements() != 1) {
      throw outputs.noMethod("regress", "outputs: float32[-1] or float32[-1,1]");
    }
    return new RegressedValues(values);
  }

  /** A row's value. */
  public float value(int row) {
    return values.floatAt(values.offset(row, 0));
  }
}
