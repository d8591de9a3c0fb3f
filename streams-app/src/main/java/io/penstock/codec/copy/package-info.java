/**
 * Fields of input records in predictions ({@code output.copy}). {@link
 * io.penstock.codec.copy.AvroCopies} and {@link io.penstock.codec.copy.JsonCopies} take them from
 * records of any format that has fields: as they are where both sides are written alike, else
 * converted by {@link io.penstock.codec.copy.CopiedTypes}. Whoever reads records finds the fields
 * and has checked every byte of them.
 */
@NullMarked
package io.penstock.codec.copy;

import org.jspecify.annotations.NullMarked;
