/**
 * What a model is to the rest of Penstock: a versioned servable with typed signatures that turns
 * flat input columns into flat output columns.
 *
 * <p>The walk: a {@code ModelSource} (package {@code source}) reports which versions are aspired; a
 * {@code ModelRuntime} (package {@code lifecycle}) loads, warms up, hands out {@link Lease}s and
 * unloads; the one package that knows TensorFlow ({@code tensorflow}) loads a SavedModel and runs a
 * batch. No Kafka and no Avro in this module.
 */
@NullMarked
package io.penstock.model;

import org.jspecify.annotations.NullMarked;
