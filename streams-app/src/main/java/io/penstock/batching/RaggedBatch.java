package io.penstock.batching;

import io.penstock.batching.shape.RowShape;
import io.penstock.batching.shape.RowShapes;
import io.penstock.model.BatchSizes;
import io.penstock.model.Rows;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

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
  private final BatchSizes sizes;
  private final List<Rows> singles = new ArrayList<>();
  private RowShape shape;
  private long textBytes;

  RaggedBatch(Batch batch, RowShapes shapes, RowShape first, BatchLimits limits) {
    this.batch = batch;
    this.shapes = shapes;
    this.shape = first;
    this.limits = limits;
    this.sizes = batch.binding().sizes();
  }

  Batch batch() {
    return batch;
  }

  /** Whether a row may share the batch, by its shape; there may be no room for it. */
  boolean suits(RowShape row) {
    return shapes.mayJoin(shape, row);
  }

  /** Which limit the batch would exceed with that row; null if none. */
  @Nullable SealReason fullFor(Rows single, RowShape row) {
    return singles.isEmpty() ? null : exceeded(shape.union(row), textBytes + single.textBytes(0));
  }

  /** Which limit leaves no room for any other row; null if none. */
  @Nullable SealReason fullBy() {
    return exceeded(shape, textBytes);
  }

  /** What one row more would exceed, given the shape and texts of all. */
  private @Nullable SealReason exceeded(RowShape all, long allTextBytes) {
    int rows = singles.size() + 1;
    if (rows > limits.targetRows()) {
      return SealReason.ROWS;
    }
    int size = sizes.padded(rows);
    if (shapes.bytes(all) > (limits.maxBytes() - allTextBytes) / size) {
      return SealReason.BYTES;
    }
    return size > sizes.padded(1) && shapes.costsTooMuch(all, size) ? SealReason.COST : null;
  }

  /** Takes a row and keeps it until the batch is laid out. */
  Batcher.Row take(Rows single, RowShape row, int valueBytes, byte[] copied) {
    singles.add(single);
    shape = shape.union(row);
    textBytes += single.textBytes(0);
    int index = batch.take(valueBytes, copied, singles.size() * shapes.bytes(shape) + textBytes);
    return new Batcher.Row(batch, index);
  }

  /** Lays the rows out, and gives their own storage up. */
  void layOut(Rows columns, Spares singleSpares) {
    shapes.layOut(singles, shape, columns);
    singles.forEach(singleSpares::give);
    singles.clear();
  }
}
