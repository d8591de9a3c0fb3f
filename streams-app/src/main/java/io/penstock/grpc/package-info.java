/**
 * TensorFlow Serving's gRPC services, answered at the models' doors as its REST API is.
 *
 * <p>{@link io.penstock.grpc.GrpcServer} has the socket, who is let in, health and reflection.
 * {@code ServingServices} lists the methods; {@code UnaryCall} is one call from its message to the
 * end of its answer; {@code Inflow} bounds what comes in. Messages pass as bytes: {@link
 * io.penstock.grpc.message} knows what is in them, and {@code ServingSchema} has their definitions
 * for whoever asks by reflection.
 *
 * @see <a href="https://www.tensorflow.org/tfx/serving/api_docs/cc">TensorFlow Serving's APIs</a>
 */
@NullMarked
package io.penstock.grpc;

import org.jspecify.annotations.NullMarked;
