/** Tests of the stack against the real broker and the real registry. */
@NullMarked
package io.penstock.localstack;

import org.jspecify.annotations.NullMarked;
