package io.penstock.codec.json.row;

import io.penstock.codec.ConstantValue;
import io.penstock.codec.FlatRow;
import io.penstock.codec.InputBinding;
import io.penstock.model.Column;
import io.penstock.model.Rows;
import java.util.Arrays;

/**
 * Reads one field into its input's row: arrays dimension by dimension, or flat and row-major where
 * the row has a fixed size; a single value fills a row of one element. Rows with open dimensions
 * are measured first.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class RowReader {

  private final InputBinding binding;
  private final int path;
  private final FieldTarget target;
  private final ElementReader element;
  private final int column;

  /** The row's dimensions, −1 where they are open; those of an element that is stacked. */
  private final int[] declared;

  private final int[] measured;
  private final boolean isFixed;
  private final boolean holdsOne;

  /** The element that a scalar is stacked as; −1 for a field that is the whole row. */
  private final int stackedAt;

  /** A reader of one of a binding's fields. */
  RowReader(InputBinding binding, int path) {
    this.binding = binding;
    this.path = path;
    this.target = new FieldTarget(binding.paths().get(path), binding.input());
    this.element = ElementReader.of(target);
    this.column = binding.column();
    this.declared =
        binding.input().rowShape().stream().mapToInt(d -> (int) Math.max(-1, d)).toArray();
    this.measured = declared.clone();
    this.isFixed = binding.input().isFixedSize();
    this.holdsOne = Arrays.stream(declared).allMatch(d -> d < 0 || d == 1);
    this.stackedAt = binding.isStacked() ? path : -1;
  }

  FieldTarget target() {
    return target;
  }

  /** Whether the field may be missing or null, since something stands in for it. */
  boolean hasFallback() {
    return binding.fallback() != null;
  }

  /** Puts what stands in for the field. */
  void fallBack(Rows rows, int row) {
    binding.fallBack(rows.column(column), row, path);
  }

  void read(JsonCursor in, Rows rows, int row) {
    Column to = rows.column(column);
    if (hasFallback() && in.peek() == 'n') {
      in.readNull();
      fallBack(rows, row);
    } else if (stackedAt >= 0) {
      element.read(in, to, row, stackedAt);
    } else if (in.peek() != '[') {
      requireOne(in);
      if (!isFixed) {
        FlatRow.makeRoom(to, binding.shapeOfOne());
      }
      element.read(in, to, row, 0);
    } else if (isFixed) {
      readFixed(in, to, row);
    } else {
      FlatRow.makeRoom(to, measure(in));
      readArray(in, to, row, 0, 0);
    }
  }

  private void requireOne(JsonCursor in) {
    if (!holdsOne) {
      throw element.refusal(in, declared.length + " levels of arrays");
    }
  }

  private void readFixed(JsonCursor in, Column to, int row) {
    if (declared.length == 0) {
      throw target.mismatch(in, "no array");
    }
    int start = in.position();
    in.expect('[');
    boolean isFlat = declared.length > 1 && in.peek() != '[';
    in.rewind(start);
    if (isFlat) {
      readElements(in, to, row, 0, to.rowElements(), 0);
    } else {
      readArray(in, to, row, 0, 0);
    }
  }

  private int readArray(JsonCursor in, Column to, int row, int dimension, int first) {
    int expected = to.rowShape()[dimension];
    if (dimension == declared.length - 1) {
      return readElements(in, to, row, first, expected, dimension);
    }
    requireArray(in, dimension);
    int next = first;
    int found = 0;
    if (!in.accept(']')) {
      do {
        requireRoom(in, found, expected, dimension);
        next = readArray(in, to, row, dimension + 1, next);
        found++;
      } while (in.acceptNext(']'));
    }
    requireLength(in, found, expected, dimension);
    return next;
  }

  private int readElements(
      JsonCursor in, Column to, int row, int first, int expected, int dimension) {
    requireArray(in, dimension);
    int found = 0;
    if (!in.accept(']')) {
      do {
        requireRoom(in, found, expected, dimension);
        readElement(in, to, row, first + found);
        found++;
      } while (in.acceptNext(']'));
    }
    requireLength(in, found, expected, dimension);
    return first + found;
  }

  private void readElement(JsonCursor in, Column to, int row, int index) {
    ConstantValue fallback = binding.fallback();
    if (fallback != null && in.peek() == 'n') {
      in.readNull();
      fallback.put(to, row, index);
    } else {
      element.read(in, to, row, index);
    }
  }

  private void requireArray(JsonCursor in, int dimension) {
    if (!in.accept('[')) {
      throw element.refusal(in, "an array of dimension " + (dimension + 1));
    }
  }

  private void requireRoom(JsonCursor in, int found, int expected, int dimension) {
    if (found == expected) {
      throw target.wrongLength(in, "more than " + expected, expected, dimension);
    }
  }

  private void requireLength(JsonCursor in, int found, int expected, int dimension) {
    if (found != expected) {
      throw target.wrongLength(in, String.valueOf(found), expected, dimension);
    }
  }

  /** The dimensions of the arrays that come next; leaves the cursor where it is. */
  private int[] measure(JsonCursor in) {
    System.arraycopy(declared, 0, measured, 0, declared.length);
    int start = in.position();
    measure(in, 0);
    in.rewind(start);
    for (int i = 0; i < measured.length; i++) {
      measured[i] = Math.max(0, measured[i]); // Within an empty array, nothing says how long.
    }
    return measured;
  }

  private void measure(JsonCursor in, int dimension) {
    requireArray(in, dimension);
    int found = 0;
    if (!in.accept(']')) {
      do {
        if (dimension == declared.length - 1) {
          in.skip();
        } else {
          measure(in, dimension + 1);
        }
        found++;
      } while (in.acceptNext(']'));
    }
    if (measured[dimension] < 0) {
      measured[dimension] = found;
    }
    requireLength(in, found, measured[dimension], dimension);
  }
}
