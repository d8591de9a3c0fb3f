package io.penstock.codec.json;

import io.penstock.codec.InputBinding;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.json.row.JsonRowReader;
import io.penstock.model.Rows;
import java.util.List;

/** Decodes records of JSON. Not thread-safe: one stream thread's own. */
final class JsonRecordDecoder implements RecordDecoder {

  private final JsonRowReader reader;

  JsonRecordDecoder(List<InputBinding> bindings) {
    this.reader = JsonRowReader.compile(bindings);
  }

  @Override
  public void prepare(InputRecord record) {
    // Nothing has to be known beforehand.
  }

  @Override
  public void decode(InputRecord record, Rows rows, int row) {
    reader.read(record.value(), rows, row);
  }
}
