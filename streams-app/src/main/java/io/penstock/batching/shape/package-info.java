/**
 * Rows of differing lengths in one batch: {@link io.penstock.batching.shape.VariableLengths} is
 * what a pipeline's configuration says of them, {@link io.penstock.batching.shape.RowShapes} what
 * follows for a signature: which rows may share a batch, how long it makes them, and what it costs.
 * A shorter row is filled up with its input's {@link io.penstock.codec.ConstantValue}.
 *
 * <p>Knows neither threads nor batches.
 */
@NullMarked
package io.penstock.batching.shape;

import org.jspecify.annotations.NullMarked;
