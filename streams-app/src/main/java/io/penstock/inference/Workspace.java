package io.penstock.inference;

import io.penstock.inference.schedule.Run;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import org.jspecify.annotations.Nullable;

/**
 * What an inference thread keeps of a version from run to run: columns, and what it has learnt of
 * good and bad rows. Not thread-safe: one inference thread's.
 */
final class Workspace {

  /**
   * A version that has refused so many records and computed none is broken, or fed wrongly: the
   * rest of the topic is not made dead letters of.
   */
  static final int MAX_REFUSED_AT_FIRST = 64;

  private final Rows inputs;
  private final Rows outputs;
  private final Rows goodRow;
  private boolean hasGoodRow;
  private int refusedAtFirst;

  Workspace(ModelSignature signature) {
    this.inputs = Rows.of(signature.inputs());
    this.outputs = Rows.of(signature.outputs());
    this.goodRow = Rows.of(signature.inputs());
  }

  /**
   * Some rows of a run in one place, and after them the last one again up to {@code size}. What a
   * single batch has room for is not copied.
   */
  Rows gather(Run run, int from, int to, int size) {
    Rows own = run.firstInputs();
    boolean whole = run.batches() == 1 && from == 0 && to == run.rows();
    Rows gathered = own;
    if (!whole || capacity(own) < size) {
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

  private static int capacity(Rows rows) {
    return rows.columns().get(0).capacityRows();
  }

  /** What the model returned last. */
  Rows outputs() {
    return outputs;
  }

  /** A row that was computed; null if there has been none. */
  @Nullable Rows goodRow() {
    return hasGoodRow ? goodRow : null;
  }

  /** That row of those was computed. */
  void computed(Rows rows, int row) {
    if (!hasGoodRow || !goodRow.hasRowShapeOf(rows)) {
      goodRow.reshapeLike(rows, 1);
      rows.copyRow(row, goodRow, 0);
      hasGoodRow = true;
    }
  }

  /** A row was refused. Whether it was one too many, no row having ever been computed. */
  boolean refused() {
    return !hasGoodRow && ++refusedAtFirst >= MAX_REFUSED_AT_FIRST;
  }
}
