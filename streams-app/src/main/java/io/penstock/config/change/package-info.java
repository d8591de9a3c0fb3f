/**
 * What is other in a configuration that is to take the place of the one that holds: {@link
 * io.penstock.config.change.ConfigDifference} for models and pipelines, which can change while the
 * service runs, {@link io.penstock.config.change.FixedKeys} for all else. Pure: no I/O, no state.
 */
@NullMarked
package io.penstock.config.change;

import org.jspecify.annotations.NullMarked;
