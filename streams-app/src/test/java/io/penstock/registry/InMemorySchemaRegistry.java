package io.penstock.registry;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/** A registry in memory, which can be made to go down. Ids count from 1. Not thread-safe. */
public final class InMemorySchemaRegistry implements SchemaRegistry {

  private final List<Schema> schemas = new ArrayList<>();
  private final Map<String, List<Integer>> subjects = new LinkedHashMap<>();
  private @Nullable RegistryException failure;

  /** From now on nobody answers, or somebody does again. */
  public void setDown(boolean isDown) {
    failure =
        isDown
            ? new RegistryException(RegistryException.Kind.UNAVAILABLE, "No registry answers", null)
            : null;
  }

  /** From now on every question fails with that. */
  public void failWith(RegistryException exception) {
    failure = exception;
  }

  @Override
  public Schema schemaById(int id) {
    requireUp();
    if (id < 1 || id > schemas.size()) {
      throw new RegistryException(
          RegistryException.Kind.NOT_FOUND, "Schema " + id + " not found", null);
    }
    return schemas.get(id - 1);
  }

  @Override
  public RegisteredSchema latest(String subject) {
    requireUp();
    List<Integer> versions = versions(subject);
    int id = versions.get(versions.size() - 1);
    return new RegisteredSchema(id, versions.size(), schemaById(id));
  }

  @Override
  public int idOf(String subject, Schema schema) {
    requireUp();
    return versions(subject).stream()
        .filter(id -> schemaById(id).equals(schema))
        .findFirst()
        .orElseThrow(
            () ->
                new RegistryException(RegistryException.Kind.NOT_FOUND, "Schema not found", null));
  }

  @Override
  public int register(String subject, Schema schema) {
    requireUp();
    int index = schemas.indexOf(schema);
    if (index < 0) {
      schemas.add(schema);
      index = schemas.size() - 1;
    }
    int id = index + 1;
    List<Integer> versions = subjects.computeIfAbsent(subject, s -> new ArrayList<>());
    if (!versions.contains(id)) {
      versions.add(id);
    }
    return id;
  }

  @Override
  public boolean isCompatible(String subject, Schema schema) {
    return true;
  }

  @Override
  public void close() {}

  private List<Integer> versions(String subject) {
    List<Integer> versions = subjects.get(subject);
    if (versions == null) {
      throw new RegistryException(
          RegistryException.Kind.NOT_FOUND, "Subject " + subject + " not found", null);
    }
    return versions;
  }

  private void requireUp() {
    if (failure != null) {
      throw failure;
    }
  }
}
