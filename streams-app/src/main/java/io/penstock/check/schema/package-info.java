/**
 * The schema registry and the schemas in it: those that pipelines read, which their fields must
 * fit, and those that Penstock writes, which must be registered.
 *
 * <p>{@link io.penstock.check.schema.RegistryChecks} asks for all of it; {@link
 * io.penstock.check.schema.SchemaRegistration} registers what Penstock writes.
 */
@NullMarked
package io.penstock.check.schema;

import org.jspecify.annotations.NullMarked;
