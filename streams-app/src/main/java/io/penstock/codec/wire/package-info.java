/**
 * Protocol buffers' wire format, read and written without classes for the messages: by those who
 * put values straight where they belong.
 *
 * @see <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>
 */
@NullMarked
package io.penstock.codec.wire;

import org.jspecify.annotations.NullMarked;
