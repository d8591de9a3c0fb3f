package io.penstock.check.schema;

import io.penstock.registry.InMemorySchemaRegistry;
import io.penstock.registry.RegistryException;
import io.penstock.registry.SchemaRegistry;
import java.util.HashSet;
import java.util.Set;
import org.apache.avro.Schema;

/** A registry in memory with subjects that take no further schema. Not thread-safe. */
final class FakeRegistry implements SchemaRegistry {

  private final InMemorySchemaRegistry registry = new InMemorySchemaRegistry();
  private final Set<String> closed = new HashSet<>();

  /** From now on that subject takes no further schema. */
  void closeSubject(String subject) {
    closed.add(subject);
  }

  void setDown(boolean isDown) {
    registry.setDown(isDown);
  }

  @Override
  public Schema schemaById(int id) {
    return registry.schemaById(id);
  }

  @Override
  public RegisteredSchema latest(String subject) {
    return registry.latest(subject);
  }

  @Override
  public int idOf(String subject, Schema schema) {
    return registry.idOf(subject, schema);
  }

  @Override
  public int register(String subject, Schema schema) {
    if (closed.contains(subject)) {
      throw new RegistryException(
          RegistryException.Kind.REFUSED, "409 Schema being registered is incompatible", null);
    }
    return registry.register(subject, schema);
  }

  @Override
  public boolean isCompatible(String subject, Schema schema) {
    return !closed.contains(subject);
  }

  @Override
  public void close() {}
}
