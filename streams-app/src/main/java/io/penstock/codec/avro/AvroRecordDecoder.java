package io.penstock.codec.avro;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputBinding;
import io.penstock.codec.InputRecord;
import io.penstock.codec.RecordDecoder;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.codec.avro.plan.DecodePlan;
import io.penstock.model.Rows;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WireFormat;
import java.util.List;

/**
 * Decodes framed records by one plan per writer's schema. Not thread-safe: one stream thread's own.
 */
final class AvroRecordDecoder implements RecordDecoder {

  private final WriterPlans<DecodePlan> plans;

  AvroRecordDecoder(SchemaRegistry registry, List<InputBinding> bindings) {
    this.plans =
        new WriterPlans<>(registry, (id, writer) -> DecodePlan.compile(id, writer, bindings));
  }

  @Override
  public void prepare(InputRecord record) {
    requireNoIdBeside(record);
    plans.of(framed(record)).check();
  }

  @Override
  public void decode(InputRecord record, Rows rows, int row) {
    byte[] value = framed(record);
    plans.of(value).decode(value, WireFormat.HEADER_BYTES, rows, row);
  }

  /**
   * A value whose schema is named in a header has no frame, though its first bytes may look like
   * one: it must not be read by whatever schema these happen to name.
   */
  private static void requireNoIdBeside(InputRecord record) {
    if (record.headers().lastHeader(WireFormat.VALUE_SCHEMA_ID_HEADER) != null) {
      throw new UndecodableRecordException(
          DeadLetterReason.MALFORMED,
          "The schema id is in the header "
              + WireFormat.VALUE_SCHEMA_ID_HEADER
              + " (expected: in the value's first bytes); let its producer write it there"
              + " (value.schema.id.serializer:"
              + " io.confluent.kafka.serializers.schema.id.PrefixSchemaIdSerializer)");
    }
  }

  private static byte[] framed(InputRecord record) {
    byte[] value = record.value();
    if (!WireFormat.isFramed(value)) {
      throw new UndecodableRecordException(
          DeadLetterReason.MALFORMED,
          "The value does not begin with a zero byte and a schema id (expected: Avro in Confluent's"
              + " framing); does its producer use another serializer?");
    }
    return value;
  }
}
