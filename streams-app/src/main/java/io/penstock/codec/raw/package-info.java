/**
 * Bare bytes of one tensor's row, little-endian and row-major, in ({@link
 * io.penstock.codec.raw.RawInputFormat}) and out ({@link io.penstock.codec.raw.RawOutputFormat}).
 * Dtype and shape are the signature's; nothing else is in a record.
 */
@NullMarked
package io.penstock.codec.raw;

import org.jspecify.annotations.NullMarked;
