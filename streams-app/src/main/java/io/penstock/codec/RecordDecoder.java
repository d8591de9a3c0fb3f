package io.penstock.codec;

import io.penstock.model.Rows;

/** Decodes records into rows of flat columns. Not thread-safe: one stream thread's own. */
public interface RecordDecoder {

  /**
   * Resolves what decoding this record needs (its writer's schema, the plan for it), so that an
   * outage shows before a row is taken. Whatever else it throws stops the pipeline.
   *
   * @throws UndecodableRecordException if the record is to blame
   * @throws io.penstock.registry.RegistryException if the registry is: the record is not to blame
   *     and must not become a dead letter
   */
  void prepare(InputRecord record);

  /**
   * Decodes a record that has been prepared into a row. Inputs of fixed size must have exactly the
   * signature's elements. An input with open dimensions has its column reshaped, which the caller
   * allows by passing rows of capacity 1. Whatever else it throws makes a dead letter, too.
   *
   * @throws UndecodableRecordException if the record does not fit; the row's content is undefined
   *     and the caller takes the row back
   */
  void decode(InputRecord record, Rows rows, int row);
}
