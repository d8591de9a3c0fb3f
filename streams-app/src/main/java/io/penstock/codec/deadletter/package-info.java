/**
 * What becomes of a record that cannot go on: {@link
 * io.penstock.codec.deadletter.DeadLetterEncoder} puts a {@link
 * io.penstock.codec.deadletter.RefusedRecord} into an envelope of Avro or JSON that is never larger
 * than its topic takes.
 */
@NullMarked
package io.penstock.codec.deadletter;

import org.jspecify.annotations.NullMarked;
