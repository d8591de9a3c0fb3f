package io.penstock.registry;

import org.apache.avro.Schema;

/**
 * Ids of the schemas that Penstock itself writes: looked up, and registered only where {@code
 * auto.register.schemas} allows it. Thread-safe; may call the registry.
 */
public final class WriterSchemas {

  private final SchemaRegistry registry;
  private final boolean autoRegister;

  public WriterSchemas(SchemaRegistry registry, boolean autoRegister) {
    this.registry = registry;
    this.autoRegister = autoRegister;
  }

  /**
   * The id of a schema under a subject.
   *
   * @throws RegistryException if it is not there and may not be registered, naming the command that
   *     registers it; or if the registry refuses or does not answer
   */
  public int idOf(String subject, Schema schema) {
    try {
      return registry.idOf(subject, schema);
    } catch (RegistryException e) {
      if (!e.isNotFound()) {
        throw e;
      }
      if (!autoRegister) {
        throw new RegistryException(
            404,
            "Schema "
                + schema.getFullName()
                + " is not registered under subject "
                + subject
                + "; run `penstock schema register --config FILE`, or set"
                + " auto.register.schemas: true in the registry's section",
            e);
      }
    }
    return registry.register(subject, schema);
  }
}
