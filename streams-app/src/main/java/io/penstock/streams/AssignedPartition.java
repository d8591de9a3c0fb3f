package io.penstock.streams;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.TaskMetadata;
import org.apache.kafka.streams.ThreadMetadata;
import org.jspecify.annotations.Nullable;

/**
 * A partition that this instance processes now. Immutable.
 *
 * @param task Kafka Streams' name of its task
 * @param thread the stream thread that has it
 * @param committed where it would go on after a crash, as of the last commit by this instance
 * @param lag records that were not fetched yet; empty before the first fetch
 */
public record AssignedPartition(
    String topic,
    int partition,
    String task,
    String thread,
    OptionalLong committed,
    OptionalLong lag) {

  /** The consumer's metric for each partition. */
  private static final String LAG = "records-lag";

  private static final Comparator<AssignedPartition> ORDER =
      Comparator.comparing(AssignedPartition::topic)
          .thenComparing(AssignedPartition::partition)
          .thenComparing(AssignedPartition::thread);

  /** All of them. Asks nobody. */
  static List<AssignedPartition> of(KafkaStreams streams) {
    Map<TopicPartition, Long> lags = lags(streams.metrics());
    List<AssignedPartition> partitions = new ArrayList<>();
    for (ThreadMetadata thread : streams.metadataForLocalThreads()) {
      for (TaskMetadata task : thread.activeTasks()) {
        for (TopicPartition partition : task.topicPartitions()) {
          partitions.add(
              new AssignedPartition(
                  partition.topic(),
                  partition.partition(),
                  task.taskId().toString(),
                  thread.threadName(),
                  offset(task.committedOffsets().get(partition)),
                  offset(lags.get(partition))));
        }
      }
    }
    return partitions.stream().sorted(ORDER).toList();
  }

  /** Streams writes −1 for what it does not know. */
  private static OptionalLong offset(@Nullable Long offset) {
    return offset == null || offset < 0 ? OptionalLong.empty() : OptionalLong.of(offset);
  }

  /**
   * The lag of each partition by its topic's own name. Kafka has it by another name too, with
   * underscores for dots, until its next major release.
   */
  static Map<TopicPartition, Long> lags(Map<MetricName, ? extends Metric> metrics) {
    Map<TopicPartition, Long> lags = new HashMap<>();
    for (Map.Entry<MetricName, ? extends Metric> entry : metrics.entrySet()) {
      Map<String, String> tags = entry.getKey().tags();
      if (entry.getKey().name().equals(LAG)
          && tags.containsKey("partition")
          && entry.getValue().metricValue() instanceof Double records
          && !records.isNaN()) {
        lags.put(
            new TopicPartition(tags.get("topic"), Integer.parseInt(tags.get("partition"))),
            records.longValue());
      }
    }
    return lags;
  }
}
