/**
 * Records in, predictions out: what turns a record's bytes into a row of a batch and a row of
 * outputs into bytes. Formats implement {@link io.penstock.codec.InputFormat} and {@link
 * io.penstock.codec.OutputFormat}; the pipeline knows no other types of theirs, whether they are
 * Penstock's own, in the packages below, or somebody else's, found by {@link
 * io.penstock.codec.InputFormatFactory} and {@link io.penstock.codec.OutputFormatFactory}. {@link
 * io.penstock.codec.FieldMapping} says which fields feed which input, in every format, and {@link
 * io.penstock.codec.Copies} which ones predictions hold, too. A record that cannot go on is an
 * {@link io.penstock.codec.UndecodableRecordException}.
 */
@NullMarked
package io.penstock.codec;

import org.jspecify.annotations.NullMarked;
