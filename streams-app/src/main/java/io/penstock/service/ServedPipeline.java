package io.penstock.service;

import io.penstock.batching.Inference;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.InputFormat;
import io.penstock.codec.OutputFormat;
import io.penstock.streams.Pipeline;

/** A pipeline with what binds it to versions of its model. */
record ServedPipeline(
    Pipeline pipeline,
    Inference.Terms terms,
    String signature,
    InputFormat input,
    VariableLengths lengths,
    OutputFormat output) {

  /** Starts the pipeline, unless it has started. Blocks while it looks at the cluster. */
  void start() {
    try {
      pipeline.start();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
