package io.penstock.codec.raw;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.FlatRow;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.TensorSpec;

/** Decodes the bytes of a row of numbers. Not thread-safe: one stream thread's own. */
final class RawRowDecoder implements RecordDecoder {

  private final TensorSpec input;
  private final FlatRow flat;

  RawRowDecoder(TensorSpec input, FlatRow flat) {
    this.input = input;
    this.flat = flat;
  }

  @Override
  public void prepare(InputRecord record) {
    // Nothing has to be known beforehand.
  }

  @Override
  public void decode(InputRecord from, Rows rows, int row) {
    byte[] record = from.value();
    int width = input.dtype().widthBytes();
    if (record.length % width != 0 || (flat.isFixed() && record.length != flat.unit() * width)) {
      throw wrongLength(record);
    }
    NumericColumn column = (NumericColumn) rows.column(0);
    flat.require(record.length / width, "The record", column);
    if (input.dtype() == DType.BOOL) {
      requireBooleans(record);
    }
    System.arraycopy(record, 0, column.bytes(), column.offset(row, 0), record.length);
  }

  private UndecodableRecordException wrongLength(byte[] record) {
    int unit = flat.unit() * input.dtype().widthBytes();
    return new UndecodableRecordException(
        DeadLetterReason.SHAPE_MISMATCH,
        "The record has %d bytes (expected: %s%d); input %s"
            .formatted(record.length, flat.isFixed() ? "" : "a multiple of ", unit, input));
  }

  /** TensorFlow takes other bytes for neither true nor false. */
  private void requireBooleans(byte[] record) {
    for (int i = 0; i < record.length; i++) {
      if ((record[i] & 0xfe) != 0) {
        throw new UndecodableRecordException(
            DeadLetterReason.VALUE_OUT_OF_RANGE,
            "Byte %d is %d (expected: 0 or 1); input %s".formatted(i, record[i], input));
      }
    }
  }
}
