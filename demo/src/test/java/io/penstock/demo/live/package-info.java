/** Tests of the demo's parts. */
@NullMarked
package io.penstock.demo.live;

import org.jspecify.annotations.NullMarked;
