package io.penstock.codec.example;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FlatRow;
import io.penstock.codec.InputBinding;
import io.penstock.codec.NumericCast;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.example.FeatureList.Kind;
import io.penstock.model.Column;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import io.penstock.model.TensorSpec;
import java.nio.charset.StandardCharsets;

/**
 * Reads a feature into its input's row, flat and row-major. Floats feed floats and integers any
 * number, as the input's cast takes them; bytes feed strings.
 *
 * <p>Not thread-safe: a decoder's own.
 */
final class FeatureReader {

  private final InputBinding binding;
  private final int path;
  private final NumericCast cast;
  private final String feature;
  private final byte[] name;
  private final TensorSpec input;
  private final DType dtype;
  private final FlatRow flat;
  private final int column;

  /** The element that a single value is stacked as; −1 for a feature that is the whole row. */
  private final int stackedAt;

  private final FeatureList found;
  private boolean seen;

  /** A reader of one of a binding's features in records that are passed over by that walk. */
  FeatureReader(InputBinding binding, int path, ExampleWalk walk) {
    this.binding = binding;
    this.path = path;
    this.cast = NumericCast.of(binding);
    this.feature = binding.paths().get(path);
    this.name = feature.getBytes(StandardCharsets.UTF_8);
    this.input = binding.input();
    this.dtype = input.dtype();
    this.flat = FlatRow.of(input);
    this.column = binding.column();
    this.stackedAt = binding.isStacked() ? path : -1;
    this.found = walk.newList();
  }

  /** Begins another record. */
  void begin() {
    seen = false;
  }

  /** Takes the feature that the walk is at if it is this one; the last of several counts. */
  void offer(ExampleWalk walk, FeatureList list) {
    if (walk.isNamed(name)) {
      seen = true;
      found.set(list);
    }
  }

  /**
   * Reads the feature, once the walk is over.
   *
   * @param stacked how many features are stacked into the input
   */
  void read(Rows rows, int row, int stacked) {
    Column to = rows.column(column);
    if (stackedAt == 0) {
      flat.require(stacked, what(), to);
    }
    if (binding.fallback() != null && (!seen || found.kind() == Kind.NONE)) {
      binding.fallBack(to, row, path);
      return;
    }
    requireFit();
    if (stackedAt < 0) {
      flat.require(found.count(), what(), to);
    } else if (found.count() != 1) {
      throw refusal(
          DeadLetterReason.SHAPE_MISMATCH, "has " + found.count() + " elements (expected: 1)");
    }
    int first = Math.max(0, stackedAt);
    found.begin();
    for (int i = 0; i < found.count(); i++) {
      readValue(found, to, row, first + i);
    }
  }

  private void requireFit() {
    if (!seen) {
      throw refusal(DeadLetterReason.SCHEMA_MISMATCH, "is missing");
    }
    if (found.kind() == Kind.NONE) {
      throw refusal(DeadLetterReason.NULL_FIELD, "has no values");
    }
    if (!fits(found.kind())) {
      throw refusal(
          DeadLetterReason.SCHEMA_MISMATCH, "has " + found.kind() + ", which do not fit " + dtype);
    }
    if (found.kind() == Kind.FLOATS && !cast.takesFloats(24)) {
      throw refusal(
          DeadLetterReason.SCHEMA_MISMATCH,
          "has floats, which %s holds rounded only (to allow that: %s)"
              .formatted(dtype, cast.permission()));
    }
  }

  private boolean fits(Kind kind) {
    return switch (kind) {
      case BYTES -> dtype == DType.STRING;
      case FLOATS -> dtype.isFloat();
      case INTEGERS -> dtype != DType.STRING;
      case NONE -> false;
    };
  }

  private void readValue(FeatureList list, Column to, int row, int element) {
    switch (list.kind()) {
      case BYTES -> ((StringColumn) to).set(row, element, list.nextBytes());
      case FLOATS -> putFloat(list.nextFloat(), (NumericColumn) to, row, element);
      default -> putInteger(list.nextInteger(), (NumericColumn) to, row, element);
    }
  }

  private void putFloat(float value, NumericColumn to, int row, int element) {
    if (!cast.put((double) value, to, to.offset(row, element))) {
      throw outOfRange(String.valueOf(value), cast.expectedFloat());
    }
  }

  /** Integers of an Example have a sign, so that the upper half of uint64 is out of reach. */
  private void putInteger(long value, NumericColumn to, int row, int element) {
    if (!cast.put(value, to, to.offset(row, element))) {
      throw outOfRange(String.valueOf(value), cast.expected(value));
    }
  }

  private UndecodableRecordException outOfRange(String value, String expected) {
    return refusal(
        DeadLetterReason.VALUE_OUT_OF_RANGE, "is " + value + " (expected: " + expected + ")");
  }

  private String what() {
    return "Feature " + feature;
  }

  private UndecodableRecordException refusal(DeadLetterReason reason, String what) {
    return new UndecodableRecordException(reason, what() + " " + what + "; input " + input);
  }
}
