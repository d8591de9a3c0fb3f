package io.penstock.codec.avro;

import io.penstock.codec.CopyTarget;
import io.penstock.codec.FieldCopier;
import io.penstock.codec.InputRecord;
import io.penstock.codec.avro.plan.CopyPlan;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.WireFormat;
import java.io.ByteArrayOutputStream;

/**
 * Copies fields of framed records by one plan per writer's schema. Not thread-safe: one stream
 * thread's own.
 */
final class AvroFieldCopier implements FieldCopier {

  private final WriterPlans<CopyPlan> plans;
  private final ByteArrayOutputStream copies = new ByteArrayOutputStream();

  AvroFieldCopier(SchemaRegistry registry, CopyTarget target) {
    this.plans = new WriterPlans<>(registry, (id, writer) -> CopyPlan.compile(writer, target));
  }

  @Override
  public byte[] copy(InputRecord record) {
    copies.reset();
    plans.of(record.value()).copy(record.value(), WireFormat.HEADER_BYTES, copies);
    return copies.toByteArray();
  }
}
