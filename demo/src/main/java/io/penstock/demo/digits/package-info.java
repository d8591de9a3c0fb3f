/** The demo's input: handwritten digits from a file, sent on schedule. */
@NullMarked
package io.penstock.demo.digits;

import org.jspecify.annotations.NullMarked;
