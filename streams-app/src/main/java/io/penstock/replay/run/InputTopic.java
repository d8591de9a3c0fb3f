package io.penstock.replay.run;

import io.penstock.replay.ReplayException;
import io.penstock.replay.timeline.PartitionRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/** A pipeline's input topic as it is when it is asked. Not thread-safe. */
public final class InputTopic {

  private final String topic;
  private final Consumer<?, ?> consumer;

  /** A topic that this consumer reads. */
  public InputTopic(String topic, Consumer<?, ?> consumer) {
    this.topic = topic;
    this.consumer = consumer;
  }

  /**
   * The records between two places, of every partition. None is left out silently: what the topic
   * has lost already cannot be asked for by its offset.
   *
   * @param until empty: up to the end that there is now
   * @throws ReplayException if there is no such topic, or a partition begins after that offset
   */
  public List<PartitionRange> between(Bound from, Optional<Bound> until) {
    List<PartitionInfo> infos = consumer.partitionsFor(topic);
    if (infos == null || infos.isEmpty()) {
      throw new ReplayException("topic " + topic + " is not there (key: input.topic)");
    }
    List<TopicPartition> partitions =
        infos.stream()
            .map(info -> new TopicPartition(topic, info.partition()))
            .sorted((one, other) -> Integer.compare(one.partition(), other.partition()))
            .toList();
    Map<TopicPartition, Long> begins = consumer.beginningOffsets(partitions);
    Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
    Function<TopicPartition, Long> end = partition -> offset(ends, partition);
    requireThere(from, partitions, begins);
    Map<TopicPartition, Long> starts = resolve(from, partitions, end);
    Map<TopicPartition, Long> stops =
        until.isPresent()
            ? resolve(until.get(), partitions, end)
            : partitions.stream().collect(Collectors.toMap(Function.identity(), end));
    List<PartitionRange> ranges = new ArrayList<>();
    for (TopicPartition partition : partitions) {
      long start = offset(starts, partition);
      ranges.add(
          new PartitionRange(
              partition.partition(), start, Math.max(start, offset(stops, partition))));
    }
    return ranges;
  }

  private void requireThere(
      Bound from, List<TopicPartition> partitions, Map<TopicPartition, Long> begins) {
    if (from instanceof Bound.Offset first) {
      String gone =
          partitions.stream()
              .filter(partition -> offset(begins, partition) > first.offset())
              .map(partition -> partition + "@" + offset(begins, partition))
              .collect(Collectors.joining(", "));
      if (!gone.isEmpty()) {
        throw new ReplayException(
            "--from: %d (expected: an offset that every partition still has, but there is none before %s; or a time, which begins with what there is)"
                .formatted(first.offset(), gone));
      }
    }
  }

  /** No place is behind the end. */
  private Map<TopicPartition, Long> resolve(
      Bound bound, Collection<TopicPartition> partitions, Function<TopicPartition, Long> end) {
    if (bound instanceof Bound.Offset at) {
      return partitions.stream()
          .collect(
              Collectors.toMap(
                  Function.identity(), partition -> Math.min(at.offset(), end.apply(partition))));
    }
    long millis = ((Bound.Time) bound).time().toEpochMilli();
    Map<TopicPartition, @Nullable OffsetAndTimestamp> found =
        consumer.offsetsForTimes(
            partitions.stream().collect(Collectors.toMap(Function.identity(), p -> millis)));
    return partitions.stream()
        .collect(
            Collectors.toMap(
                Function.identity(),
                partition -> {
                  OffsetAndTimestamp first = found.get(partition);
                  return first == null
                      ? end.apply(partition)
                      : Math.min(first.offset(), end.apply(partition));
                }));
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    return Objects.requireNonNull(offsets.get(partition), partition.toString());
  }
}
