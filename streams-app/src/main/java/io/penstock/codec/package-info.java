/**
 * Records in, predictions and dead letters out: what turns a record's bytes into a row of a batch
 * and a row of outputs into bytes. Formats implement {@link io.penstock.codec.InputFormat} and
 * {@link io.penstock.codec.OutputFormat}; the pipeline knows no other types of theirs. {@link
 * io.penstock.codec.FieldMapping} says which fields feed which input, in every format. A record
 * that cannot go on is an {@link io.penstock.codec.UndecodableRecordException}, and {@link
 * io.penstock.codec.DeadLetterEncoder} writes what becomes of it.
 */
@NullMarked
package io.penstock.codec;

import org.jspecify.annotations.NullMarked;
