/**
 * The control topics' messages on the wire. Penstock writes natural JSON: no wrappers around
 * unions, nulls and what is empty left out, times in ISO 8601. That can be read and typed in any
 * Kafka client, needs no registry, and survives fields that only a newer version knows. It reads
 * JSON, or Avro in Confluent's framing with the schema of whoever wrote it; both become one tree
 * and then obey one set of rules ({@link io.penstock.control.message.NaturalJsonReader}).
 */
@NullMarked
package io.penstock.control.message;

import org.jspecify.annotations.NullMarked;
