package io.penstock.pipeline;

import io.penstock.precommit.RecordScope;
import org.apache.kafka.streams.processor.api.Record;

/** Where finished outcomes are forwarded to. Not thread-safe. */
@FunctionalInterface
interface Sinks {

  /**
   * Forwards to one of the sinks.
   *
   * @param scope of the input that it is the outcome of
   * @param sink a name of {@link PipelineTopology}
   */
  void forward(RecordScope scope, Record<byte[], Outcome> outcome, String sink);
}
