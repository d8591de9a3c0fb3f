package io.penstock.codec;

import io.penstock.model.TensorSpec;

/**
 * An output of a signature as a prediction holds it.
 *
 * @param column the output's index in the signature and in {@code Rows}
 * @param output by its name in the prediction
 */
public record OutputBinding(int column, TensorSpec output) {}
