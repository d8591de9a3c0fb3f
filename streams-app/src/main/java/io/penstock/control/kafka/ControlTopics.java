package io.penstock.control.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The four topics of a service's control plane, one partition each, because order is the point. */
public record ControlTopics(String service) {

  private static final int PARTITIONS = 1;
  private static final String FOR_EVER = "-1";
  private static final Duration REPORTS_KEPT = Duration.ofHours(1);

  /** Commands of users. */
  public String control() {
    return service + ".control";
  }

  /** What instances say of themselves, keyed instance/model. */
  public String reports() {
    return service + ".reports";
  }

  /** The state of each model as the controller has decided it, keyed by model. */
  public String decisions() {
    return service + ".decisions";
  }

  /** What happened. */
  public String audit() {
    return service + ".audit";
  }

  /** How to create them. Segments of the compacted topics roll often, so that they stay short. */
  public List<NewTopic> definitions(short replicationFactor) {
    return List.of(
        topic(control(), replicationFactor, Map.of(TopicConfig.RETENTION_MS_CONFIG, FOR_EVER)),
        topic(
            reports(),
            replicationFactor,
            Map.of(
                TopicConfig.CLEANUP_POLICY_CONFIG,
                TopicConfig.CLEANUP_POLICY_COMPACT + "," + TopicConfig.CLEANUP_POLICY_DELETE,
                TopicConfig.RETENTION_MS_CONFIG,
                String.valueOf(REPORTS_KEPT.toMillis()),
                TopicConfig.SEGMENT_MS_CONFIG,
                String.valueOf(REPORTS_KEPT.toMillis() / 2))),
        topic(
            decisions(),
            replicationFactor,
            Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT)),
        topic(audit(), replicationFactor, Map.of(TopicConfig.RETENTION_MS_CONFIG, FOR_EVER)));
  }

  private static NewTopic topic(String name, short replicationFactor, Map<String, String> configs) {
    return new NewTopic(name, PARTITIONS, replicationFactor).configs(configs);
  }

  /**
   * Checks that they are there, with one partition each.
   *
   * @throws ControlPlaneException if not, naming each that is wrong, or if no broker answers
   */
  void verify(Admin admin, Duration timeout) {
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin.describeTopics(List.of(control(), reports(), decisions(), audit())).topicNameValues();
    List<String> objections = new ArrayList<>();
    new TreeMap<>(answers)
        .forEach(
            (name, answer) -> {
              int partitions = partitions(answer, name, timeout);
              if (partitions != PARTITIONS) {
                String found = partitions == 0 ? "missing" : partitions + " partitions";
                objections.add(
                    "topic %s: %s (expected: %d partition)".formatted(name, found, PARTITIONS));
              }
            });
    if (!objections.isEmpty()) {
      throw new ControlPlaneException(
          String.join("; ", objections)
              + "; create what is missing with: penstock topics --create");
    }
  }

  private static int partitions(
      KafkaFuture<TopicDescription> answer, String name, Duration timeout) {
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS).partitions().size();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return 0;
      }
      throw new ControlPlaneException(
          "topic %s cannot be looked up: %s".formatted(name, e.getMessage()), e);
    } catch (TimeoutException e) {
      throw new ControlPlaneException(
          "topic %s cannot be looked up: no broker answered within %s (bootstrap.servers)"
              .formatted(name, timeout),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ControlPlaneException("interrupted while looking up topic " + name, e);
    }
  }
}
