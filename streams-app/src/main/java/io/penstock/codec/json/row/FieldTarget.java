package io.penstock.codec.json.row;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.TensorSpec;

/** A field and the input that it feeds: what a refusal has to name. */
record FieldTarget(String path, TensorSpec input) {

  UndecodableRecordException isMissing(JsonCursor in) {
    return refusal(in, DeadLetterReason.SCHEMA_MISMATCH, "is missing in the object that ends");
  }

  UndecodableRecordException mismatch(JsonCursor in, String expected) {
    return refusal(
        in,
        DeadLetterReason.SCHEMA_MISMATCH,
        "is " + in.describeNext() + " (expected: " + expected + ")");
  }

  UndecodableRecordException isNull(JsonCursor in) {
    return refusal(in, DeadLetterReason.NULL_FIELD, "is null");
  }

  UndecodableRecordException outOfRange(JsonCursor in, JsonNumber value, String expected) {
    return refusal(
        in, DeadLetterReason.VALUE_OUT_OF_RANGE, "is " + value + " (expected: " + expected + ")");
  }

  UndecodableRecordException wrongLength(JsonCursor in, String found, int expected, int dimension) {
    return refusal(
        in,
        DeadLetterReason.SHAPE_MISMATCH,
        "has %s elements in dimension %d (expected: %d)".formatted(found, dimension + 1, expected));
  }

  UndecodableRecordException isTwice(JsonCursor in) {
    return refusal(in, DeadLetterReason.MALFORMED, "is there for the second time");
  }

  private UndecodableRecordException refusal(JsonCursor in, DeadLetterReason reason, String what) {
    return new UndecodableRecordException(
        reason, "Field %s %s at byte %d; input %s".formatted(path, what, in.position(), input));
  }
}
