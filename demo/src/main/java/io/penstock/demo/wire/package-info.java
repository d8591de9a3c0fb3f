/**
 * What stands in the demo's records: digits going in, predictions and dead letters coming out.
 * Reads and writes the formats by their specifications, with none of the service's code, because
 * what the demo claims about the service rests on it.
 */
@NullMarked
package io.penstock.demo.wire;

import org.jspecify.annotations.NullMarked;
