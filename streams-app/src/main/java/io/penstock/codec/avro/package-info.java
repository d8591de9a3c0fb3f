/**
 * Avro records in Confluent's framing. In: {@link io.penstock.codec.avro.AvroInputFormat} makes a
 * decoder per stream thread, which compiles one {@link io.penstock.codec.avro.plan.DecodePlan} per
 * writer's schema and decodes with it straight into a batch's flat columns. Out: {@link
 * io.penstock.codec.avro.AvroOutputFormat} resolves the id of the schema that {@link
 * io.penstock.codec.avro.PredictionSchemas} derives, and its encoder writes a row's bytes.
 */
@NullMarked
package io.penstock.codec.avro;

import org.jspecify.annotations.NullMarked;
