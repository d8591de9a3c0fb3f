/**
 * A client of a Confluent-compatible schema registry. {@link
 * io.penstock.registry.RestSchemaRegistry} speaks its REST API and takes {@link
 * io.penstock.registry.RegistrySettings} in Confluent's own configuration keys; {@link
 * io.penstock.registry.WriterSchemas} is the rule by which Penstock gets the ids of what it writes
 * (generated classes' schemas as a {@link io.penstock.registry.PortableSchema}); a {@link
 * io.penstock.registry.LogicalTypeDifference} is what compatibility by Avro's rules lets pass;
 * {@link io.penstock.registry.WireFormat} is the frame around a record that carries such an id.
 */
@NullMarked
package io.penstock.registry;

import org.jspecify.annotations.NullMarked;
