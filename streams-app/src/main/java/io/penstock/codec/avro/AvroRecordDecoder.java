package io.penstock.codec.avro;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputBinding;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.plan.DecodePlan;
import io.penstock.model.Rows;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WireFormat;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes framed records by one plan per writer's schema. Not thread-safe: one stream thread's own.
 */
final class AvroRecordDecoder implements RecordDecoder {

  private final SchemaRegistry registry;
  private final List<InputBinding> bindings;

  /** Ids in ascending order and their plans: found without boxing, and there are few. */
  private int[] ids = new int[0];

  private DecodePlan[] plans = new DecodePlan[0];

  AvroRecordDecoder(SchemaRegistry registry, List<InputBinding> bindings) {
    this.registry = registry;
    this.bindings = bindings;
  }

  @Override
  public void prepare(byte @Nullable [] value) {
    plan(framed(value)).check();
  }

  @Override
  public void decode(byte @Nullable [] value, Rows rows, int row) {
    byte[] record = framed(value);
    plan(record).decode(record, WireFormat.HEADER_BYTES, rows, row);
  }

  private static byte[] framed(byte @Nullable [] value) {
    if (value == null) {
      throw new UndecodableRecordException(
          DeadLetterReason.NULL_VALUE, "The value is null (expected: an Avro record)");
    }
    if (!WireFormat.isFramed(value)) {
      throw new UndecodableRecordException(
          DeadLetterReason.MALFORMED,
          "The value does not begin with a zero byte and a schema id (expected: Avro in Confluent's"
              + " framing); does its producer use another serializer?");
    }
    return value;
  }

  private DecodePlan plan(byte[] record) {
    int id = WireFormat.schemaId(record);
    int index = Arrays.binarySearch(ids, id);
    return index >= 0 ? plans[index] : keep(id, compile(id), -index - 1);
  }

  private DecodePlan compile(int id) {
    if (id < 0) {
      throw unknown(id, "ids are not negative");
    }
    try {
      return DecodePlan.compile(id, registry.schemaById(id), bindings);
    } catch (RegistryException e) {
      if (e.isNotFound()) {
        throw unknown(id, e.getMessage());
      }
      if (e.isUnusable()) {
        return DecodePlan.refusing(
            new UndecodableRecordException(
                DeadLetterReason.SCHEMA_MISMATCH, String.valueOf(e.getMessage())));
      }
      throw e;
    }
  }

  private DecodePlan keep(int id, DecodePlan plan, int at) {
    int[] moreIds = Arrays.copyOf(ids, ids.length + 1);
    DecodePlan[] morePlans = Arrays.copyOf(plans, plans.length + 1);
    System.arraycopy(ids, at, moreIds, at + 1, ids.length - at);
    System.arraycopy(plans, at, morePlans, at + 1, plans.length - at);
    moreIds[at] = id;
    morePlans[at] = plan;
    ids = moreIds;
    plans = morePlans;
    return plan;
  }

  private static UndecodableRecordException unknown(int id, @Nullable String why) {
    return new UndecodableRecordException(
        DeadLetterReason.UNKNOWN_SCHEMA, "Schema id " + id + " is not in the registry: " + why);
  }
}
