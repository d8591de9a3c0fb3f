package io.penstock.batching.shape;

import io.penstock.codec.ConstantValue;
import io.penstock.model.Column;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which rows of a signature may share a batch, and how long and how costly that makes it.
 * Immutable.
 */
public final class RowShapes {

  /** Stands in for the input that costs, where none does. */
  static final int NONE = -1;

  private final List<TensorSpec> inputs;
  private final List<@Nullable ConstantValue> padding;
  private final int[] lengthBuckets;
  private final int costColumn;
  private final long maxCost;

  RowShapes(
      List<TensorSpec> inputs,
      List<@Nullable ConstantValue> padding,
      int[] lengthBuckets,
      int costColumn,
      long maxCost) {
    this.inputs = inputs;
    this.padding = padding;
    this.lengthBuckets = lengthBuckets;
    this.costColumn = costColumn;
    this.maxCost = maxCost;
  }

  /**
   * The shape that a decoded row has in a batch: padded up to its length buckets, unless that would
   * make it larger than a batch may be.
   */
  public RowShape of(Rows row, long maxBytes) {
    RowShape own = RowShape.of(row);
    if (lengthBuckets.length == 0) {
      return own;
    }
    int[][] padded = new int[inputs.size()][];
    for (int i = 0; i < padded.length; i++) {
      padded[i] = padding.get(i) == null ? own.column(i) : bucketed(i, own.column(i));
    }
    RowShape bucketed = new RowShape(padded);
    return bytes(bucketed) <= maxBytes ? bucketed : own;
  }

  private int[] bucketed(int input, int[] dimensions) {
    int[] bucketed = dimensions.clone();
    for (int d = 0; d < bucketed.length; d++) {
      if (inputs.get(input).rowShape().get(d) < 0) {
        bucketed[d] = bucket(bucketed[d]);
      }
    }
    return bucketed;
  }

  private int bucket(int length) {
    for (int bucket : lengthBuckets) {
      if (length <= bucket) {
        return bucket;
      }
    }
    return length;
  }

  /**
   * Whether a row may join rows of that shape, by its own: without buckets, inputs with padding fit
   * whatever their length.
   */
  public boolean mayJoin(RowShape rows, RowShape row) {
    if (lengthBuckets.length > 0) {
      return rows.equals(row);
    }
    for (int i = 0; i < inputs.size(); i++) {
      if (padding.get(i) == null && !Arrays.equals(rows.column(i), row.column(i))) {
        return false;
      }
    }
    return true;
  }

  /** Bytes that a row of that shape takes, texts apart. */
  public long bytes(RowShape shape) {
    long bytes = 0;
    for (int i = 0; i < inputs.size(); i++) {
      int width = Column.elementBytes(inputs.get(i).dtype());
      long elements = shape.elements(i);
      bytes =
          elements > (Long.MAX_VALUE - bytes) / width ? Long.MAX_VALUE : bytes + elements * width;
    }
    return bytes;
  }

  /** Whether a batch of that many rows of that shape costs more than it may. */
  public boolean costsTooMuch(RowShape shape, int rows) {
    return costColumn != NONE && shape.elements(costColumn) > maxCost / rows;
  }

  /** Whether a batch of that many such rows costs more than it may. */
  public boolean costsTooMuch(Rows like, int rows) {
    return costColumn != NONE && costsTooMuch(RowShape.of(like), rows);
  }

  /** Lays single rows out side by side, each padded to that shape, over what there was. */
  public void layOut(List<Rows> singles, RowShape shape, Rows batch) {
    for (int i = 0; i < inputs.size(); i++) {
      Column column = batch.column(i);
      column.reshape(shape.column(i), singles.size());
      ConstantValue value = padding.get(i);
      for (int row = 0; row < singles.size(); row++) {
        Column single = singles.get(row).column(i);
        if (value != null && single.rowElements() < column.rowElements()) {
          value.fill(column, row);
        }
        single.copyRow(0, column, row);
      }
    }
  }
}
