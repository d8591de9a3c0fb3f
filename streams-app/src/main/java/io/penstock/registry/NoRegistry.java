package io.penstock.registry;

import org.apache.avro.Schema;

/** Stands for the registry where none is configured: every question fails with that. Stateless. */
public final class NoRegistry implements SchemaRegistry {

  @Override
  public Schema schemaById(int id) {
    throw none("the schema with id " + id);
  }

  @Override
  public RegisteredSchema latest(String subject) {
    throw none("the newest schema of subject " + subject);
  }

  @Override
  public int idOf(String subject, Schema schema) {
    throw none("the id of schema " + schema.getFullName() + " under subject " + subject);
  }

  @Override
  public int register(String subject, Schema schema) {
    throw none("subject " + subject + " for schema " + schema.getFullName());
  }

  @Override
  public boolean isCompatible(String subject, Schema schema) {
    throw none("the schemas of subject " + subject);
  }

  private static RegistryException none(String asked) {
    return new RegistryException(
        RegistryException.Kind.REFUSED,
        "No schema registry is configured to ask for "
            + asked
            + " (key: registry.schema.registry.url)",
        null);
  }

  @Override
  public void close() {}
}
