/** Tests of the demo's parts. */
@NullMarked
package io.penstock.demo.check;

import org.jspecify.annotations.NullMarked;
