package io.penstock.benchmarks.micro;

import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import org.apache.avro.Schema;

/** A registry that knows one schema, whatever id is asked for, and takes any other. */
record OneSchema(String subject, Schema schema) implements SchemaRegistry {

  /** The id of whatever is written. */
  static final int ID = 1;

  @Override
  public Schema schemaById(int id) {
    return schema;
  }

  @Override
  public RegisteredSchema latest(String asked) {
    if (!asked.equals(subject)) {
      throw new RegistryException(RegistryException.Kind.NOT_FOUND, asked + " has no schema", null);
    }
    return new RegisteredSchema(ID, 1, schema);
  }

  @Override
  public int idOf(String asked, Schema written) {
    return ID;
  }

  @Override
  public int register(String asked, Schema written) {
    return ID;
  }

  @Override
  public boolean isCompatible(String asked, Schema next) {
    return true;
  }

  @Override
  public void close() {}
}
