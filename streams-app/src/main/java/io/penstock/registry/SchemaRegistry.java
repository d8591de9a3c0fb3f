package io.penstock.registry;

import org.apache.avro.Schema;

/**
 * A Confluent-compatible schema registry. Thread-safe; ids are cached for ever (the registry never
 * reuses one). Every method throws {@link RegistryException}.
 */
public interface SchemaRegistry extends AutoCloseable {

  /** The Avro schema with that id. Cached. */
  Schema schemaById(int id);

  /** The newest schema of a subject. Not cached. */
  RegisteredSchema latest(String subject);

  /** The id of that schema under that subject, if it is registered there. Cached. */
  int idOf(String subject, Schema schema);

  /** Registers a schema under a subject, or finds it there, and returns its id. Cached. */
  int register(String subject, Schema schema);

  /** Whether the registry would take that schema as the subject's next version. */
  boolean isCompatible(String subject, Schema schema);

  /** How the subjects of what is written and read are named. */
  default SubjectNames subjects() {
    return SubjectNames.TOPIC;
  }

  @Override
  void close();

  /** A schema as a subject's version. */
  record RegisteredSchema(int id, int version, Schema schema) {}
}
