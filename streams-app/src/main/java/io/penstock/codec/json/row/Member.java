package io.penstock.codec.json.row;

import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Rows;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A member of an object that inputs need: its value, what lies below it, or both.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class Member {

  private final byte[] name;
  private RowReader[] fields = new RowReader[0];
  private @Nullable ObjectReader below;
  private boolean seen;

  Member(String name) {
    this.name = name.getBytes(StandardCharsets.UTF_8);
  }

  boolean isNamed(String other) {
    return Arrays.equals(name, other.getBytes(StandardCharsets.UTF_8));
  }

  /** Whether that is its name. */
  boolean isNamed(JsonText other) {
    return other.is(name);
  }

  /** Adds an input that its value feeds. */
  void add(RowReader field) {
    fields = Arrays.copyOf(fields, fields.length + 1);
    fields[fields.length - 1] = field;
  }

  /** The object that its value is. */
  ObjectReader below() {
    if (below == null) {
      below = new ObjectReader();
    }
    return below;
  }

  /** Begins another object. */
  void begin() {
    seen = false;
  }

  void read(JsonCursor in, Rows rows, int row) {
    if (seen) {
      throw any().isTwice(in);
    }
    seen = true;
    int start = in.position();
    if (below != null && in.peek() == 'n') {
      below.fallBack(rows, row, target -> target.isNull(in));
      in.readNull();
    } else if (below != null) {
      requireObject(in);
      below.read(in, rows, row);
    }
    for (int i = 0; i < fields.length; i++) {
      if (i > 0 || below != null) {
        in.rewind(start);
      }
      fields[i].read(in, rows, row);
    }
  }

  private void requireObject(JsonCursor in) {
    if (in.peek() != '{') {
      throw any().mismatch(in, "an object on the way to it");
    }
  }

  /** Ends an object, which must have had it where nothing stands in for it. */
  void end(JsonCursor in, Rows rows, int row) {
    if (!seen) {
      fallBack(rows, row, target -> target.isMissing(in));
    }
  }

  /** Puts what stands in for its value and what is below it; refuses where nothing does. */
  void fallBack(Rows rows, int row, Function<FieldTarget, UndecodableRecordException> refusal) {
    if (below != null) {
      below.fallBack(rows, row, refusal);
    }
    for (RowReader field : fields) {
      if (!field.hasFallback()) {
        throw refusal.apply(field.target());
      }
      field.fallBack(rows, row);
    }
  }

  /** Any of the inputs that it or what is below it feeds. */
  FieldTarget any() {
    return below == null ? fields[0].target() : below.any();
  }
}
