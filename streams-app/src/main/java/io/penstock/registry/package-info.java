/**
 * A client of a Confluent-compatible schema registry: the interface, and a small REST
 * implementation that takes Confluent's own configuration keys.
 */
@NullMarked
package io.penstock.registry;

import org.jspecify.annotations.NullMarked;
