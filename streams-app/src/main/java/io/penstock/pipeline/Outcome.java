package io.penstock.pipeline;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.jspecify.annotations.Nullable;

/**
 * The value of a record on its way to a sink, with what Penstock adds to the input's headers and
 * with the partition that the input had.
 */
final class Outcome {

  /** Writes the value as it is. Adds the headers, which spares a copy of them all on the way. */
  static final Serializer<Outcome> SERIALIZER = new WithHeaders();

  private final byte @Nullable [] value;
  private final List<Header> headers;
  private final int inputPartition;

  /** An outcome; without a value, a tombstone. */
  Outcome(byte @Nullable [] value, List<Header> headers, int inputPartition) {
    this.value = value;
    this.headers = headers;
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

  private static final class WithHeaders implements Serializer<Outcome> {

    @Override
    public byte @Nullable [] serialize(String topic, Headers to, Outcome outcome) {
      for (Header header : outcome.headers) {
        to.add(header);
      }
      return outcome.value;
    }

    @Override
    public byte[] serialize(String topic, Outcome outcome) {
      throw new UnsupportedOperationException("an outcome goes with its headers");
    }
  }
}
