/** Tests of the demo's parts. */
@NullMarked
package io.penstock.demo;

import org.jspecify.annotations.NullMarked;
