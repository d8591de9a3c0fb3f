/**
 * TensorFlow Serving's requests and responses in protocol buffers' wire format, read straight into
 * columns and written straight from them.
 *
 * <p>A {@link io.penstock.grpc.message.PredictionRequest} is one to be answered at a model's door:
 * {@code PredictMessage} has tensors, each a {@code TensorMessage}, {@code ExamplesMessage} has
 * serialized examples. {@link io.penstock.grpc.message.ModelMessages} answers what is asked of
 * models. The messages' definitions are in {@code src/main/protobuf}.
 */
@NullMarked
package io.penstock.grpc.message;

import org.jspecify.annotations.NullMarked;
