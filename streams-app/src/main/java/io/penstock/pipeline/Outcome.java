package io.penstock.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;

/** The value of a record on its way to a sink, with the partition that its input had. */
final class Outcome {

  /** Writes the value as it is. */
  static final Serializer<Outcome> SERIALIZER = (topic, outcome) -> outcome.value;

  private final byte[] value;
  private final int inputPartition;

  Outcome(byte[] value, int inputPartition) {
    this.value = value;
    this.inputPartition = inputPartition;
  }

  /**
   * Keeps the input's partition number in a topic that has as many partitions as the input, so that
   * order survives for records without a key too; else leaves the choice to the producer, by key.
   * How many the input has is known from the pipeline's start.
   */
  static StreamPartitioner<byte[], Outcome> partitioner(int inputPartitions) {
    List<Optional<Set<Integer>>> same =
        IntStream.range(0, inputPartitions).mapToObj(p -> Optional.of(Set.of(p))).toList();
    return (topic, key, outcome, partitions) ->
        partitions == inputPartitions && outcome.inputPartition < partitions
            ? same.get(outcome.inputPartition)
            : Optional.empty();
  }
}
