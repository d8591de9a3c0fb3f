package io.penstock.batching.shape;

import io.penstock.model.Column;
import io.penstock.model.Rows;
import java.util.Arrays;
import java.util.List;

/** The dimensions of a row, input by input. Immutable. */
public final class RowShape {

  private final int[][] columns;

  RowShape(int[][] columns) {
    this.columns = columns;
  }

  /** The shape that rows have as they are. */
  static RowShape of(Rows rows) {
    List<Column> columns = rows.columns();
    int[][] shape = new int[columns.size()][];
    for (int i = 0; i < shape.length; i++) {
      shape[i] = columns.get(i).rowShape();
    }
    return new RowShape(shape);
  }

  /** The smallest shape of which both are a part; their ranks are equal. */
  public RowShape union(RowShape other) {
    if (equals(other)) {
      return this;
    }
    int[][] union = new int[columns.length][];
    for (int i = 0; i < union.length; i++) {
      union[i] = columns[i].clone();
      for (int d = 0; d < union[i].length; d++) {
        union[i][d] = Math.max(union[i][d], other.columns[i][d]);
      }
    }
    return new RowShape(union);
  }

  /** The dimensions of an input. */
  int[] column(int index) {
    return columns[index];
  }

  /** Elements of an input; {@link Long#MAX_VALUE} if there are as many or more. */
  long elements(int index) {
    long elements = 1;
    for (int dimension : columns[index]) {
      if (dimension == 0) {
        return 0;
      }
      elements = elements > Long.MAX_VALUE / dimension ? Long.MAX_VALUE : elements * dimension;
    }
    return elements;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof RowShape shape && Arrays.deepEquals(columns, shape.columns);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(columns);
  }

  @Override
  public String toString() {
    return Arrays.deepToString(columns);
  }
}
