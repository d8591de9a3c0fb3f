package io.penstock.requests;

import io.penstock.codec.InputFormat;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.Column;
import io.penstock.model.ModelSignature;
import io.penstock.model.Rows;
import java.util.Arrays;

/**
 * The input format of rows that are columns already: whoever gathers them says which row comes next
 * and has it copied. The record that it comes with is empty.
 *
 * <p>Not thread-safe, unlike other formats: one request thread's own, with all its decoders.
 */
final class HandedRows implements InputFormat, RecordDecoder {

  private Rows rows = Rows.of(java.util.List.of());
  private int row;

  /** The row that is decoded next. */
  void next(Rows nextRows, int nextRow) {
    rows = nextRows;
    row = nextRow;
  }

  @Override
  public RecordDecoder decoder(ModelSignature signature) {
    return this;
  }

  @Override
  public void prepare(InputRecord record) {
    // The request was decoded before it was taken.
  }

  @Override
  public void decode(InputRecord record, Rows into, int index) {
    for (int i = 0; i < rows.columns().size(); i++) {
      Column from = rows.column(i);
      Column to = into.column(i);
      if (!Arrays.equals(to.rowShape(), from.rowShape()) || to.capacityRows() == 0) {
        // Of open size: decoded one by one, into columns for a single row.
        to.reshape(from.rowShape(), 1);
      }
      from.copyRow(row, to, index);
    }
  }
}
