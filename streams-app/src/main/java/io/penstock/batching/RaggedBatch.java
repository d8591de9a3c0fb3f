package io.penstock.batching;

import io.penstock.batching.shape.RowShape;
import io.penstock.batching.shape.RowShapes;
import io.penstock.model.Rows;
import java.util.ArrayList;
import java.util.List;

/**
 * An open batch whose rows are still as they were decoded, each with its own lengths. They are laid
 * out side by side when it is sealed, when it is known how long the longest is.
 *
 * <p>Not thread-safe: all calls on the stream thread.
 */
final class RaggedBatch {

  private final Batch batch;
  private final RowShapes shapes;
  private final BatchLimits limits;
  private final List<Rows> singles = new ArrayList<>();
  private RowShape shape;
  private long textBytes;

  RaggedBatch(Batch batch, RowShapes shapes, RowShape first, BatchLimits limits) {
    this.batch = batch;
    this.shapes = shapes;
    this.shape = first;
    this.limits = limits;
  }

  Batch batch() {
    return batch;
  }

  /** Whether a row may share the batch, by its shape; there may be no room for it. */
  boolean suits(RowShape row) {
    return shapes.mayJoin(shape, row);
  }

  /** Whether the batch stays within its limits with that row. */
  boolean hasRoomFor(Rows single, RowShape row) {
    return singles.isEmpty() || fits(shape.union(row), textBytes + single.textBytes(0));
  }

  /** Whether there is no room for any other row. */
  boolean isFull() {
    return !fits(shape, textBytes);
  }

  /** Whether one row more leaves the batch within its limits, given the shape and texts of all. */
  private boolean fits(RowShape all, long allTextBytes) {
    int rows = singles.size() + 1;
    return rows <= limits.targetRows()
        && shapes.bytes(all) <= (limits.maxBytes() - allTextBytes) / rows
        && !shapes.costsTooMuch(all, rows);
  }

  /** Takes a row and keeps it until the batch is laid out. */
  Batcher.Row take(Rows single, RowShape row, int valueBytes) {
    singles.add(single);
    shape = shape.union(row);
    textBytes += single.textBytes(0);
    int index = batch.take(valueBytes, singles.size() * shapes.bytes(shape) + textBytes);
    return new Batcher.Row(batch, index);
  }

  /** Lays the rows out, and gives their own storage up. */
  void layOut(Rows columns, Spares singleSpares) {
    shapes.layOut(singles, shape, columns);
    singles.forEach(singleSpares::give);
    singles.clear();
  }
}
