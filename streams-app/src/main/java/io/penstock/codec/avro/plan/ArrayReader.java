package io.penstock.codec.avro.plan;

import io.penstock.model.Column;
import io.penstock.model.NumericColumn;

/** Reads an array, one dimension of a row, whose length must be what the row's shape says. */
abstract class ArrayReader extends ValueReader {

  /** Stands in for a dimension: the array holds all elements of the row. */
  static final int ALL = -1;

  private final FieldTarget target;
  private final int dimension;

  private ArrayReader(FieldTarget target, int dimension) {
    this.target = target;
    this.dimension = dimension;
  }

  final int expected(Column column) {
    return dimension == ALL ? column.rowElements() : column.rowShape()[dimension];
  }

  final void requireRoom(long items, int found, int expected) {
    if (items > expected - found) {
      throw target.wrongLength("more than " + expected, expected, dimension);
    }
  }

  final void requireLength(int found, int expected) {
    if (found != expected) {
      throw target.wrongLength(String.valueOf(found), expected, dimension);
    }
  }

  /** Notes how long the array is, or holds it against what is known already. */
  final void note(int found, int[] shape) {
    if (shape[dimension] < 0) {
      shape[dimension] = found;
    } else {
      requireLength(found, shape[dimension]);
    }
  }

  /** An Avro array: blocks of items. */
  static final class Blocks extends ArrayReader {

    private final ValueReader item;

    Blocks(FieldTarget target, int dimension, ValueReader item) {
      super(target, dimension);
      this.item = item;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      int expected = expected(column);
      int found = 0;
      int next = index;
      for (long items = in.readBlockCount(); items != 0; items = in.readBlockCount()) {
        requireRoom(items, found, expected);
        next = item.readAll(in, column, row, next, (int) items);
        found += (int) items;
      }
      requireLength(found, expected);
      return next;
    }

    @Override
    void measure(AvroCursor in, long values, int[] shape) {
      for (long i = 0; i < values; i++) {
        int found = 0;
        for (long items = in.readBlockCount(); items != 0; items = in.readBlockCount()) {
          item.measure(in, items, shape);
          found += (int) items; // Each took a byte at least.
        }
        note(found, shape);
      }
    }
  }

  /** Avro bytes, or fixed ones, as an array of 8-bit integers. */
  static final class Octets extends ArrayReader {

    /** Stands in for a fixed size: the value says how long it is. */
    static final int DELIMITED = -1;

    private final int fixedSize;

    Octets(FieldTarget target, int dimension, int fixedSize) {
      super(target, dimension);
      this.fixedSize = fixedSize;
    }

    @Override
    int read(AvroCursor in, Column column, int row, int index) {
      int length = length(in);
      requireLength(length, expected(column));
      NumericColumn to = (NumericColumn) column;
      System.arraycopy(in.bytes(), in.take(length), to.bytes(), to.offset(row, index), length);
      return index + length;
    }

    @Override
    void measure(AvroCursor in, long values, int[] shape) {
      for (long i = 0; i < values; i++) {
        int length = length(in);
        in.take(length);
        note(length, shape);
      }
    }

    private int length(AvroCursor in) {
      return fixedSize == DELIMITED ? in.readLength() : fixedSize;
    }
  }
}
