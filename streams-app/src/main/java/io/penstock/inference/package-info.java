/**
 * Inference: sealed batches are run on the inference threads, which all pipelines of the process
 * share.
 *
 * <p>{@link io.penstock.inference.InferenceThreads} takes batches and has {@code schedule} say
 * which of them run next, and together. {@code RunExecution} computes such a run: gathers and pads
 * its rows in a {@code Workspace}, runs the leased version, encodes each row; {@code CulpritSearch}
 * finds the rows on which a model refuses a batch. Knows no Kafka, and of the stream threads only
 * the batches that they hand over.
 */
@NullMarked
package io.penstock.inference;

import org.jspecify.annotations.NullMarked;
