/**
 * Predictions by request over HTTP, as TensorFlow Serving answers them.
 *
 * <p>{@link io.penstock.http.predict.PredictApi} has the paths. {@code JsonRequest} reads a body
 * twice as it stands, once for its signature and once straight into columns, since only the
 * signature says what they are. {@code ExamplesRequest} makes {@code tf.Example}s of what is to be
 * classified or regressed. {@code JsonAnswer} writes what came of it.
 *
 * @see <a href="https://www.tensorflow.org/tfx/serving/api_rest">RESTful API</a>
 */
@NullMarked
package io.penstock.http.predict;

import org.jspecify.annotations.NullMarked;
