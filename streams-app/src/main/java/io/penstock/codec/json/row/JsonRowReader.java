package io.penstock.codec.json.row;

import io.penstock.codec.FlatRow;
import io.penstock.codec.InputBinding;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.DType;
import io.penstock.model.Rows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How records become rows, compiled once from a mapping. A record is an object with the inputs'
 * fields, or, for a single input, its bare value. Runs over the raw bytes and writes into flat
 * columns: no tree is built, nothing is boxed.
 *
 * <p>Not thread-safe: a decoder's own.
 */
public final class JsonRowReader {

  private final JsonCursor cursor = new JsonCursor();
  private final ObjectReader object = new ObjectReader();
  private final List<InputBinding> stackedOpen;
  private final List<InputBinding> constants;

  /** Reads a bare value; null where there are several inputs or fields. */
  private final @Nullable RowReader bare;

  private final boolean takesBytes;

  private JsonRowReader(List<InputBinding> bindings) {
    RowReader last = null;
    for (InputBinding binding : bindings) {
      for (int i = 0; i < binding.paths().size(); i++) {
        last = new RowReader(binding, i);
        object.add(List.of(binding.paths().get(i).split("\\.", -1)), last);
      }
    }
    List<InputBinding> fed = bindings.stream().filter(b -> !b.isConstant()).toList();
    boolean isSingle = fed.size() == 1 && !fed.get(0).isStacked();
    this.bare = isSingle ? last : null;
    this.takesBytes = isSingle && fed.get(0).input().dtype() == DType.STRING;
    this.stackedOpen =
        bindings.stream().filter(b -> b.isStacked() && !b.input().isFixedSize()).toList();
    this.constants = bindings.stream().filter(InputBinding::isConstant).toList();
  }

  /** A reader of records for those inputs. */
  public static JsonRowReader compile(List<InputBinding> bindings) {
    return new JsonRowReader(bindings);
  }

  /**
   * Reads a record into a row.
   *
   * @throws UndecodableRecordException if it is malformed or does not fit, naming the byte
   */
  public void read(byte[] record, Rows rows, int row) {
    cursor.over(record);
    openStacked(rows);
    for (int i = 0; i < constants.size(); i++) {
      InputBinding constant = constants.get(i);
      constant.fallBack(rows.column(constant.column()), row, 0);
    }
    if (bare != null && isBare()) {
      bare.read(cursor, rows, row);
    } else {
      object.read(cursor, rows, row);
    }
    cursor.expectEnd();
  }

  private boolean isBare() {
    int next = cursor.peek();
    return next != JsonCursor.END
        && (next != '{' || (takesBytes && ElementReader.Strings.isBase64(cursor)));
  }

  /** Gives inputs with open dimensions that are stacked the shape that they always have. */
  private void openStacked(Rows rows) {
    for (int i = 0; i < stackedOpen.size(); i++) {
      InputBinding binding = stackedOpen.get(i);
      FlatRow.makeRoom(rows.column(binding.column()), new int[] {binding.paths().size()});
    }
  }
}
