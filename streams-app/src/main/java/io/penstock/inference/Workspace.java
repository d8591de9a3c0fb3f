package io.penstock.inference;

import io.penstock.inference.schedule.Run;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;

/** An inference thread's columns for one version, kept from run to run. Not thread-safe. */
final class Workspace {

  private final Rows inputs;
  private final Rows outputs;

  Workspace(ModelSignature signature) {
    this.inputs = Rows.of(signature.inputs());
    this.outputs = Rows.of(signature.outputs());
  }

  /**
   * Some rows of a run in one place, and after them the last one again up to {@code size}. What a
   * single batch has room for is not copied.
   */
  Rows gather(Run run, int from, int to, int size) {
    Rows own = run.firstInputs();
    boolean whole = run.batches() == 1 && from == 0 && to == run.rows();
    Rows gathered = own;
    if (!whole || own.capacityRows() < size) {
      inputs.reshapeLike(own, size);
      run.copyInputs(from, to, inputs);
      gathered = inputs;
    }
    int rows = to - from;
    for (int row = rows; row < size; row++) {
      gathered.copyRow(rows - 1, gathered, row);
    }
    return gathered;
  }

  /** What the model returned last. */
  Rows outputs() {
    return outputs;
  }
}
