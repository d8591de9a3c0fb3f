/**
 * The path of a record: from the input topic into a batch, and its outcome into an output topic.
 *
 * <p>The walk, top to bottom: {@link io.penstock.pipeline.PipelineTopology} (source, processor,
 * three sinks) → {@code PredictProcessor} (one per task: waits for room, chooses the version, keeps
 * the outcomes in input order) → the decoder ({@code codec}) → the batcher ({@code batching}) → the
 * leased model version → the encoder ({@code codec}) → back through {@code PredictProcessor} to the
 * sinks.
 *
 * <p>Only stream threads run this package's code, but for {@link
 * io.penstock.pipeline.ReplayProcessor}, which does the same with records that are computed once
 * more.
 */
@NullMarked
package io.penstock.pipeline;

import org.jspecify.annotations.NullMarked;
