package io.penstock.codec.avro.plan;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.TensorSpec;

/** A field of one writer's schema and the input it feeds: what a refusal has to name. */
record FieldTarget(String path, TensorSpec input, int schemaId) {

  UndecodableRecordException mismatch(String what) {
    return refusal(DeadLetterReason.SCHEMA_MISMATCH, what);
  }

  UndecodableRecordException isNull() {
    return refusal(DeadLetterReason.NULL_FIELD, "is null");
  }

  UndecodableRecordException outOfRange(String value, String expected) {
    return refusal(
        DeadLetterReason.VALUE_OUT_OF_RANGE, "is " + value + " (expected: " + expected + ")");
  }

  UndecodableRecordException wrongLength(String found, int expected, int dimension) {
    String where = dimension == ArrayReader.ALL ? "" : " in dimension " + (dimension + 1);
    return refusal(
        DeadLetterReason.SHAPE_MISMATCH,
        "has " + found + " elements" + where + " (expected: " + expected + ")");
  }

  private UndecodableRecordException refusal(DeadLetterReason reason, String what) {
    return new UndecodableRecordException(
        reason, "Field " + path + " " + what + "; input " + input + ", schema id " + schemaId);
  }
}
