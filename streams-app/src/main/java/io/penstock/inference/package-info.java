/**
 * Inference: sealed batches are run on the inference threads, which all pipelines of the process
 * share.
 *
 * <p>{@link io.penstock.inference.InferenceThreads} takes batches; {@code BatchRun} computes one:
 * runs the leased version and encodes each row; {@code CulpritSearch} finds the rows on which a
 * model refuses a batch. Knows no Kafka, and of the stream threads only the batches that they hand
 * over.
 */
@NullMarked
package io.penstock.inference;

import org.jspecify.annotations.NullMarked;
