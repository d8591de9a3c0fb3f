package io.penstock.codec.avro.plan;

import io.penstock.codec.InputBinding;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.model.Rows;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * How records of one writer's schema become rows, compiled once. Runs over the raw bytes and writes
 * into flat columns: no record is built, nothing is boxed, and floats are copied as blocks.
 *
 * <p>Not thread-safe: a decoder's own.
 */
public final class DecodePlan {

  private final Step steps;
  private final @Nullable UndecodableRecordException refusal;
  private final AvroCursor cursor = new AvroCursor();

  private DecodePlan(Step steps, @Nullable UndecodableRecordException refusal) {
    this.steps = steps;
    this.refusal = refusal;
  }

  /** The plan for a writer's schema; one that refuses every record where the schema cannot fit. */
  public static DecodePlan compile(int schemaId, Schema writer, List<InputBinding> bindings) {
    try {
      return new DecodePlan(new PlanCompiler().compile(schemaId, writer, bindings), null);
    } catch (UndecodableRecordException e) {
      return new DecodePlan(new Step.Refuse(e), e);
    }
  }

  /**
   * Fails where no record of this schema can be decoded.
   *
   * @throws UndecodableRecordException naming field, input, dtype and schema id
   */
  public void check() {
    if (refusal != null) {
      throw refusal;
    }
  }

  /**
   * Decodes the Avro binary that begins at an offset and goes to the record's end.
   *
   * @throws UndecodableRecordException if it is malformed or does not fit
   */
  public void decode(byte[] record, int offset, Rows rows, int row) {
    cursor.over(record, offset);
    steps.run(cursor, rows, row);
    if (cursor.remaining() > 0) {
      throw cursor.malformed(cursor.remaining() + " bytes are left over (expected: none)");
    }
  }
}
