package io.penstock.registry;

import io.penstock.registry.RegistryException.Kind;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;

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
            Kind.NOT_FOUND,
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

  /**
   * Fails where a schema and the newest one of its subject are not compatible both ways: readers go
   * forth with a promotion and back with a rollback. Nothing is held against a subject without one.
   *
   * @throws RegistryException naming the differences and what to do; or if the registry refuses or
   *     does not answer
   */
  public static void requireCompatible(SchemaRegistry registry, String subject, Schema schema) {
    SchemaRegistry.RegisteredSchema newest;
    try {
      newest = registry.latest(subject);
    } catch (RegistryException e) {
      if (e.isNotFound()) {
        return;
      }
      throw e;
    }
    List<String> differences = new ArrayList<>(differences(schema, newest.schema()));
    differences.addAll(differences(newest.schema(), schema));
    for (LogicalTypeDifference other : LogicalTypeDifference.between(newest.schema(), schema)) {
      differences.add(
          "%s is a %s (registered: a %s)"
              .formatted(other.location(), other.written(), other.expected()));
    }
    if (!differences.isEmpty()) {
      throw new RegistryException(
          Kind.REFUSED,
          "Schema %s is not compatible both ways with version %d of subject %s: %s; write what has other outputs to a topic of its own, or keep the outputs by output.outputs"
              .formatted(
                  schema.getFullName(), newest.version(), subject, String.join("; ", differences)),
          null);
    }
  }

  private static List<String> differences(Schema reader, Schema writer) {
    return SchemaCompatibility.checkReaderWriterCompatibility(reader, writer)
        .getResult()
        .getIncompatibilities()
        .stream()
        .map(i -> "%s at %s (%s)".formatted(i.getType(), i.getLocation(), i.getMessage()))
        .toList();
  }
}
