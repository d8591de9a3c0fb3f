package io.penstock.pipeline;

import io.penstock.precommit.PreCommitStore;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.AutoOffsetReset;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.StreamPartitioner;

/**
 * One pipeline's topology:
 *
 * <pre>
 * input topic ─▶ input ─▶ predict ─┬▶ predictions   output topic
 *                                  ├▶ dead-letters  dead-letter topic
 *                                  └▶ cutovers      audit topic
 * </pre>
 *
 * <p>Source and sinks carry bytes: records are decoded in the processor, so that a bad one is an
 * outcome of its own, in its place.
 */
public final class PipelineTopology {

  static final String PRE_COMMIT_STORE = "pre-commit";
  static final String OUTPUT = "predictions";
  static final String DEAD_LETTERS = "dead-letters";
  static final String CUTOVERS = "cutovers";
  private static final String INPUT = "input";
  private static final String PREDICT = "predict";

  private PipelineTopology() {}

  /**
   * Builds it.
   *
   * @param serving the version that computes the next record
   * @param lanes what the tasks of a stream thread share
   */
  public static Topology build(
      PipelineSettings settings,
      ServingVersion serving,
      ThreadLanes lanes,
      DeadLetters deadLetters,
      Cutover.Encoder cutovers) {
    PipelineSettings.Topics topics = settings.topics();
    StreamPartitioner<byte[], Outcome> samePartition =
        Outcome.partitioner(topics.inputPartitions());
    ByteArraySerializer bytes = new ByteArraySerializer();
    Topology topology = new Topology();
    // A partition without a committed offset is one that was added after the pipeline's start, or
    // the pipeline starts from the earliest record: see StartPosition.
    topology.addSource(
        AutoOffsetReset.earliest(),
        INPUT,
        new InputTimestamps(),
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        topics.input());
    topology.addProcessor(
        PREDICT,
        () ->
            new PredictProcessor(
                settings,
                serving,
                lanes,
                new OutcomeWriter(
                    settings, deadLetters, cutovers, lanes.statistics(), lanes.time())),
        INPUT);
    topology.addStateStore(PreCommitStore.builder(PRE_COMMIT_STORE), PREDICT);
    topology.addSink(OUTPUT, topics.output(), bytes, Outcome.SERIALIZER, samePartition, PREDICT);
    topology.addSink(
        DEAD_LETTERS, topics.deadLetters(), bytes, Outcome.SERIALIZER, samePartition, PREDICT);
    topology.addSink(CUTOVERS, topics.audit(), bytes, Outcome.SERIALIZER, PREDICT);
    return topology;
  }
}
