/** Tests of the demo's parts. */
@NullMarked
package io.penstock.demo.digits;

import org.jspecify.annotations.NullMarked;
