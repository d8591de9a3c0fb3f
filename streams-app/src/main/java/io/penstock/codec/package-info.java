/**
 * Records in, predictions out: what turns a record's bytes into a row of a batch and a row of
 * outputs into bytes. Formats implement {@link io.penstock.codec.InputFormat} and {@link
 * io.penstock.codec.OutputFormat}; the pipeline knows no other types of theirs.
 */
@NullMarked
package io.penstock.codec;

import org.jspecify.annotations.NullMarked;
