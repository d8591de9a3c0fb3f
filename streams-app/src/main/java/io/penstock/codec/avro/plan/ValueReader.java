package io.penstock.codec.avro.plan;

import io.penstock.codec.ConstantValue;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import java.util.List;

/** Reads one Avro value into consecutive elements of a row. */
abstract class ValueReader {

  /** Reads one value into the elements from an index on; returns the index after the last. */
  abstract int read(AvroCursor in, Column column, int row, int index);

  /** Reads that many values, one after another; returns the index after the last element. */
  int readAll(AvroCursor in, Column column, int row, int index, int values) {
    int next = index;
    for (int i = 0; i < values; i++) {
      next = read(in, column, row, next);
    }
    return next;
  }

  /**
   * Passes that many values and writes their dimensions into a row's shape, where −1 stands for a
   * dimension that is not known yet.
   */
  abstract void measure(AvroCursor in, long values, int[] shape);

  /** A union: its branches, those that do not fit refuse. */
  static final class OneOf extends ValueReader {

    private final ValueReader[] branches;

    OneOf(List<ValueReader> branches) {
      this.branches = branches.toArray(ValueReader[]::new);
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      return branches[in.readIndex(branches.length)].read(in, column, row, index);
    }

    @Override
    void measure(AvroCursor in, long values, int[] shape) {
      for (long i = 0; i < values; i++) {
        branches[in.readIndex(branches.length)].measure(in, 1, shape);
      }
    }
  }

  /** A null that something stands in for: an element, or the row from its beginning. */
  static final class FallBack extends ValueReader {

    private final ConstantValue value;
    private final boolean isRow;

    FallBack(ConstantValue value, boolean isRow) {
      this.value = value;
      this.isRow = isRow;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      if (isRow) {
        value.fill(column, row);
        return column.rowElements();
      }
      value.put(column, row, index);
      return index + 1;
    }

    @Override
    void measure(AvroCursor in, long values, int[] shape) {
      if (isRow) {
        for (int i = 0; i < shape.length; i++) {
          shape[i] = shape[i] < 0 ? 1 : shape[i];
        }
      }
    }
  }

  /** A value that cannot be what its input needs. */
  static final class Refusal extends ValueReader {

    private final UndecodableRecordException refusal;

    Refusal(UndecodableRecordException refusal) {
      this.refusal = refusal;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      throw refusal;
    }

    @Override
    void measure(AvroCursor in, long values, int[] shape) {
      throw refusal;
    }
  }
}
