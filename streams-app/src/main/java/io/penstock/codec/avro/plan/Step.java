package io.penstock.codec.avro.plan;

import io.penstock.codec.FlatRow;
import io.penstock.codec.InputBinding;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Column;
import io.penstock.model.Rows;
import java.util.Arrays;
import java.util.List;

/** One step of a plan: passes one Avro value and takes from it what the row needs. */
abstract class Step {

  abstract void run(AvroCursor in, Rows rows, int row);

  /** One step after another: the fields of a record. */
  static final class Sequence extends Step {

    private final Step[] steps;

    Sequence(List<Step> steps) {
      this.steps = steps.toArray(Step[]::new);
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      for (Step step : steps) {
        step.run(in, rows, row);
      }
    }
  }

  /** Several steps over the same value: a field that feeds several inputs. */
  static final class Repeat extends Step {

    private final Step[] steps;

    Repeat(List<Step> steps) {
      this.steps = steps.toArray(Step[]::new);
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      int start = in.position();
      for (Step step : steps) {
        in.rewind(start);
        step.run(in, rows, row);
      }
    }
  }

  /** A union on the way to a nested field. */
  static final class Branch extends Step {

    private final Step[] branches;

    Branch(List<Step> branches) {
      this.branches = branches.toArray(Step[]::new);
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      branches[in.readIndex(branches.length)].run(in, rows, row);
    }
  }

  /** A map of which some keys are needed; of a key that is there twice, the last value counts. */
  static final class Entries extends Step {

    private final Entry[] entries;
    private final Skip unused;
    private final boolean[] seen;

    Entries(List<Entry> entries, Skip unused) {
      this.entries = entries.toArray(Entry[]::new);
      this.unused = unused;
      this.seen = new boolean[entries.size()];
    }

    /** A key, what becomes of its value, and what where it is missing. */
    @SuppressWarnings("ArrayRecordComponent") // Compared with nothing.
    record Entry(byte[] key, Step present, Step missing) {}

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      Arrays.fill(seen, false);
      for (long items = in.readBlockCount(); items != 0; items = in.readBlockCount()) {
        for (long i = 0; i < items; i++) {
          int length = in.readLength();
          int at = find(in.bytes(), in.take(length), length);
          if (at < 0) {
            unused.skip(in);
          } else {
            entries[at].present.run(in, rows, row);
            seen[at] = true;
          }
        }
      }
      for (int i = 0; i < entries.length; i++) {
        if (!seen[i]) {
          entries[i].missing.run(in, rows, row);
        }
      }
    }

    private int find(byte[] bytes, int from, int length) {
      for (int i = 0; i < entries.length; i++) {
        byte[] key = entries[i].key;
        if (Arrays.equals(key, 0, key.length, bytes, from, from + length)) {
          return i;
        }
      }
      return -1;
    }
  }

  /** A value that cannot be what an input needs. */
  static final class Refuse extends Step {

    private final UndecodableRecordException refusal;

    Refuse(UndecodableRecordException refusal) {
      this.refusal = refusal;
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      throw refusal;
    }
  }

  /** Reads a value into a row's elements from an index on. */
  static final class Fill extends Step {

    private final ValueReader reader;
    private final int column;
    private final int index;

    Fill(ValueReader reader, int column, int index) {
      this.reader = reader;
      this.column = column;
      this.index = index;
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      reader.read(in, rows.column(column), row, index);
    }
  }

  /** Reads a value whose dimensions are open: measures it, makes room for it, then reads it. */
  static final class MeasureAndFill extends Step {

    private final ValueReader reader;
    private final int column;
    private final int[] declared;
    private final int[] measured;

    MeasureAndFill(ValueReader reader, int column, int[] declared) {
      this.reader = reader;
      this.column = column;
      this.declared = declared;
      this.measured = declared.clone();
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      System.arraycopy(declared, 0, measured, 0, declared.length);
      int start = in.position();
      reader.measure(in, 1, measured);
      for (int i = 0; i < measured.length; i++) {
        measured[i] = Math.max(0, measured[i]); // Within an empty array, nothing says how long.
      }
      in.rewind(start);
      Column target = rows.column(column);
      FlatRow.makeRoom(target, measured);
      reader.read(in, target, row, 0);
    }
  }

  /** Puts what stands in for a field that is not there, or a constant. */
  static final class FallBack extends Step {

    private final InputBinding binding;
    private final int path;

    FallBack(InputBinding binding, int path) {
      this.binding = binding;
      this.path = path;
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      binding.fallBack(rows.column(binding.column()), row, path);
    }
  }

  /** Gives an input with open dimensions the shape that its fields always have. */
  static final class Reshape extends Step {

    private final int column;
    private final int[] shape;

    Reshape(int column, int[] shape) {
      this.column = column;
      this.shape = shape;
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      FlatRow.makeRoom(rows.column(column), shape);
    }
  }
}
