/**
 * TensorFlow Serving's REST API, as far as it tells of models: their versions' states and their
 * signatures, in the paths, the layout and the words of its own. What a question about a model
 * means, {@link io.penstock.http.serving.AskedModel}, is the same over gRPC.
 *
 * @see <a href="https://www.tensorflow.org/tfx/serving/api_rest">RESTful API</a>
 */
@NullMarked
package io.penstock.http.serving;

import org.jspecify.annotations.NullMarked;
