/**
 * Predictions by request over HTTP in the Open Inference Protocol, version 2, which KServe, Triton,
 * MLServer and Seldon speak.
 *
 * <p>{@link io.penstock.http.openinference.OpenInferenceApi} has the paths, {@code InferRequest} a
 * question and its answer, {@code Datatype} the protocol's names of dtypes, {@code ModelMetadata}
 * what it tells of models.
 *
 * @see <a href="https://github.com/kserve/open-inference-protocol">Open Inference Protocol</a>
 */
@NullMarked
package io.penstock.http.openinference;

import org.jspecify.annotations.NullMarked;
