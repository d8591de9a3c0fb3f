package io.penstock.codec.example;

import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.model.Rows;
import io.penstock.model.StringColumn;

/**
 * Takes a record as the string that the model parses, if it is a {@code tf.Example}. Which features
 * the model needs is in its graph: one that lacks them fails there, and is found by the search for
 * the record to blame.
 *
 * <p>Not thread-safe: one stream thread's own.
 */
final class SerializedExampleDecoder implements RecordDecoder {

  private final ExampleWalk walk = new ExampleWalk();

  @Override
  public void prepare(InputRecord record) {
    // Nothing has to be known beforehand.
  }

  @Override
  public void decode(InputRecord record, Rows rows, int row) {
    walk.over(record.value(), (at, list) -> {});
    StringColumn column = (StringColumn) rows.column(0);
    column.set(row, 0, record.value());
  }
}
