package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** The control topics as they must be: there, with one partition each, since order is the point. */
final class RequiredTopics {

  private static final int PARTITIONS = 1;

  private RequiredTopics() {}

  /**
   * Looks them up.
   *
   * @throws ControlPlaneException if they are not as they must be, naming each that is wrong, or if
   *     no broker answers
   */
  static void verify(ControlTopics topics, Admin admin, Duration timeout) {
    Map<String, KafkaFuture<TopicDescription>> answers =
        admin.describeTopics(topics.all()).topicNameValues();
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
