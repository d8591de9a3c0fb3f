/**
 * Recorded requests as TensorFlow Serving keeps them: a {@code RecordFile} of {@code
 * tensorflow.serving.PredictionLog} messages, of which {@code LoggedRequests} reads what a warm-up
 * needs into {@code LoggedRequest}s.
 *
 * <p>No published jar has these messages, so their field numbers stand here, from the protos in
 * {@code tensorflow_serving/apis} of TensorFlow Serving.
 */
@NullMarked
package io.penstock.model.tensorflow.log;

import org.jspecify.annotations.NullMarked;
