/** Tests of the demo's parts. */
@NullMarked
package io.penstock.demo.wire;

import org.jspecify.annotations.NullMarked;
