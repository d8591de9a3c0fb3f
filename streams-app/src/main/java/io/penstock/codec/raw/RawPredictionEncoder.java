package io.penstock.codec.raw;

import io.penstock.codec.PredictionEncoder;
import io.penstock.model.Column;
import io.penstock.model.NumericColumn;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;
import java.util.Arrays;

/** Copies the bytes of an output's row. Thread-safe. */
record RawPredictionEncoder(int column) implements PredictionEncoder {

  @Override
  public byte[] encode(Rows outputs, int row) {
    Column from = outputs.column(column);
    if (from instanceof NumericColumn numbers) {
      int start = numbers.offset(row, 0);
      return Arrays.copyOfRange(numbers.bytes(), start, start + numbers.rowBytes());
    }
    return ((StringColumn) from).get(row, 0);
  }
}
