package io.penstock.benchmarks.micro;

import io.penstock.registry.SchemaRegistry;
import org.apache.avro.Schema;

/** A registry that knows one schema, whatever id is asked for, and takes any other. */
record OneSchema(Schema schema) implements SchemaRegistry {

  /** The id of whatever is written. */
  static final int ID = 1;

  @Override
  public Schema schemaById(int id) {
    return schema;
  }

  @Override
  public RegisteredSchema latest(String subject) {
    return new RegisteredSchema(ID, 1, schema);
  }

  @Override
  public int idOf(String subject, Schema written) {
    return ID;
  }

  @Override
  public int register(String subject, Schema written) {
    return ID;
  }

  @Override
  public boolean isCompatible(String subject, Schema next) {
    return true;
  }

  @Override
  public void close() {}
}
