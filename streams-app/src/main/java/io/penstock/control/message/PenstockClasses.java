package io.penstock.control.message;

import org.apache.avro.Schema;
import org.apache.avro.specific.SpecificData;
import org.jspecify.annotations.Nullable;

/**
 * Avro's data model with the generated classes of one package and no others. Avro itself loads only
 * classes that a process-wide list trusts; here the schemas are our own, so there is nothing to
 * distrust and no reason to change that list for everybody else in the process.
 */
final class PenstockClasses extends SpecificData {

  private static final String NAMESPACE = "io.penstock.schemas";

  @Override
  public @Nullable Class<?> getClass(Schema schema) {
    boolean generated =
        schema.getType() == Schema.Type.RECORD || schema.getType() == Schema.Type.ENUM;
    if (!generated || !NAMESPACE.equals(schema.getNamespace())) {
      return super.getClass(schema);
    }
    try {
      return Class.forName(schema.getFullName(), true, getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(schema.getFullName() + " was not generated", e);
    }
  }
}
