package io.penstock.codec.avro;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WireFormat;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * What is compiled once for each writer's schema, by its id. Not thread-safe: one stream thread's
 * own.
 */
final class WriterPlans<P> {

  private final SchemaRegistry registry;
  private final Compiler<P> compiler;

  /** Ids in ascending order and their plans: found without boxing, and there are few. */
  private int[] ids = new int[0];

  private final List<P> plans = new ArrayList<>();

  /** Makes a plan for the records of a schema. */
  @FunctionalInterface
  interface Compiler<T> {
    T compile(int id, Schema writer);
  }

  WriterPlans(SchemaRegistry registry, Compiler<P> compiler) {
    this.registry = registry;
    this.compiler = compiler;
  }

  /**
   * The plan for a framed record.
   *
   * @throws UndecodableRecordException if the registry does not know its schema, or has none of
   *     Avro
   * @throws RegistryException if the registry does not answer
   */
  P of(byte[] framed) {
    int id = WireFormat.schemaId(framed);
    int index = Arrays.binarySearch(ids, id);
    return index >= 0 ? plans.get(index) : keep(id, compile(id), -index - 1);
  }

  private P compile(int id) {
    if (id < 0) {
      throw unknown(id, "ids are not negative");
    }
    try {
      return compiler.compile(id, registry.schemaById(id));
    } catch (RegistryException e) {
      throw switch (e.kind()) {
        case NOT_FOUND -> unknown(id, e.getMessage());
        case UNUSABLE ->
            new UndecodableRecordException(
                DeadLetterReason.SCHEMA_MISMATCH, String.valueOf(e.getMessage()));
        case UNAVAILABLE, REFUSED -> e;
      };
    }
  }

  private P keep(int id, P plan, int at) {
    int[] moreIds = Arrays.copyOf(ids, ids.length + 1);
    System.arraycopy(ids, at, moreIds, at + 1, ids.length - at);
    moreIds[at] = id;
    ids = moreIds;
    plans.add(at, plan);
    return plan;
  }

  private static UndecodableRecordException unknown(int id, @Nullable String why) {
    return new UndecodableRecordException(
        DeadLetterReason.UNKNOWN_SCHEMA, "Schema id " + id + " is not in the registry: " + why);
  }
}
