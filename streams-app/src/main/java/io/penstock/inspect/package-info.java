/**
 * A model's directory as a person wants to see it, and whether it would serve: what {@code penstock
 * model} prints.
 *
 * <p>The walk: {@link io.penstock.inspect.ModelDirectory} finds the versions; {@link
 * io.penstock.inspect.Inspection} reads one from its files, as records that are JSON as they stand,
 * and as text. {@link io.penstock.inspect.Rehearsal} loads one: it runs sample input through it, or
 * does all that a version has to pass before it serves.
 */
@NullMarked
package io.penstock.inspect;

import org.jspecify.annotations.NullMarked;
