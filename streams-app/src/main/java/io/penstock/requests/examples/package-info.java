/**
 * Requests of {@code tf.Example}s, by whatever protocol: their rows, and what is a classification
 * or a regression among the outputs, by TensorFlow Serving's rules ({@code classifier.cc}, {@code
 * regressor.cc}).
 */
@NullMarked
package io.penstock.requests.examples;

import org.jspecify.annotations.NullMarked;
