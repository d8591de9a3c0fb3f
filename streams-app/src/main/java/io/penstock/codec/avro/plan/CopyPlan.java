package io.penstock.codec.avro.plan;

import io.penstock.codec.CopiedField;
import io.penstock.codec.CopyTarget;
import io.penstock.codec.CopyTarget.Copy;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Rows;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How fields of one writer's records are found and copied, compiled once: passes over the raw bytes
 * until the last of them, and then copies them in the target's order.
 *
 * <p>Not thread-safe: a copier's own.
 */
public final class CopyPlan {

  private final Step steps;
  private final Found[] fields;
  private final AvroCursor cursor = new AvroCursor();
  private final Rows noRows = Rows.of(List.of(), 1);

  private CopyPlan(Step steps, Found[] fields) {
    this.steps = steps;
    this.fields = fields;
  }

  /** The plan for a writer's schema. A field that the schema lacks is missing in every record. */
  public static CopyPlan compile(Schema writer, CopyTarget target) {
    List<CopiedField> copied = target.fields();
    Found[] fields = new Found[copied.size()];
    CopyCompiler compiler = new CopyCompiler(target, fields);
    for (int i = 0; i < fields.length; i++) {
      fields[i] = new Found(target.fromAvro(i, Schema.create(Schema.Type.NULL)));
      compiler.add(i, copied.get(i).path());
    }
    return new CopyPlan(compiler.compile(writer), fields);
  }

  /**
   * Copies the fields of a record that has been decoded.
   *
   * @throws UndecodableRecordException if one cannot be copied, naming it
   */
  public void copy(byte[] record, int offset, ByteArrayOutputStream copies) {
    for (Found field : fields) {
      field.reset();
    }
    cursor.over(record, offset);
    steps.run(cursor, noRows, 0);
    for (Found field : fields) {
      field.append(record, copies);
    }
  }

  /** Where a field lies in the record that is copied from; of several places the last counts. */
  static final class Found {

    private final Copy missing;
    private @Nullable Copy copy;
    private int from;
    private int to;

    Found(Copy missing) {
      this.missing = missing;
    }

    private void reset() {
      copy = null;
    }

    void at(int valueFrom, int valueTo, Copy how) {
      from = valueFrom;
      to = valueTo;
      copy = how;
    }

    private void append(byte[] record, ByteArrayOutputStream copies) {
      if (copy == null) {
        missing.append(record, 0, 0, copies);
      } else {
        copy.append(record, from, to, copies);
      }
    }
  }

  /** Passes a value whole, byte for byte, and remembers where it lies. */
  static final class Capture extends Step {

    private final Schema schema;
    private final Copy copy;
    private final Found field;

    Capture(Schema schema, Copy copy, Found field) {
      this.schema = schema;
      this.copy = copy;
      this.field = field;
    }

    @Override
    void run(AvroCursor in, Rows rows, int row) {
      int from = in.position();
      WholeValue.pass(schema, in);
      field.at(from, in.position(), copy);
    }
  }
}
