package io.penstock.codec.raw;

import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;

/** Takes a record as a string. Not thread-safe: one stream thread's own. */
final class RawStringDecoder implements RecordDecoder {

  @Override
  public void prepare(InputRecord record) {
    // Nothing has to be known beforehand.
  }

  @Override
  public void decode(InputRecord record, Rows rows, int row) {
    ((StringColumn) rows.column(0)).set(row, 0, record.value());
  }
}
