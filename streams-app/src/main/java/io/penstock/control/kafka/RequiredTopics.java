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
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The control topics as they must be: there, with one partition each, since order is the point. */
public final class RequiredTopics {

  private static final Logger LOG = LoggerFactory.getLogger(RequiredTopics.class);

  private static final int PARTITIONS = 1;

  private RequiredTopics() {}

  /**
   * Looks them up.
   *
   * @throws ControlPlaneException if they are not as they must be, naming each that is wrong, or if
   *     no broker answers
   */
  public static void verify(ControlTopics topics, Admin admin, Duration timeout) {
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

  /**
   * Looks up how they are cleaned: what was decided must stay, and commands and audit, which have
   * no key, must not be compacted. Where this client may not see it, it is not objected to.
   *
   * @throws ControlPlaneException if it is not as it must be, naming each topic
   */
  public static void verifyCleanup(ControlTopics topics, Admin admin, Duration timeout) {
    Map<String, String> expected = new TreeMap<>();
    expected.put(topics.decisions(), TopicConfig.CLEANUP_POLICY_COMPACT);
    expected.put(topics.control(), TopicConfig.CLEANUP_POLICY_DELETE);
    expected.put(topics.audit(), TopicConfig.CLEANUP_POLICY_DELETE);
    Map<ConfigResource, KafkaFuture<Config>> answers =
        admin
            .describeConfigs(expected.keySet().stream().map(RequiredTopics::resource).toList())
            .values();
    List<String> objections = new ArrayList<>();
    expected.forEach(
        (name, policy) -> {
          String found = cleanup(answers.get(resource(name)), name, timeout);
          if (!found.isEmpty() && !found.equals(policy)) {
            objections.add(
                "topic %s: cleanup.policy: %s (expected: %s)".formatted(name, found, policy));
          }
        });
    if (!objections.isEmpty()) {
      throw new ControlPlaneException(
          String.join("; ", objections) + "; change it with: kafka-configs --alter");
    }
  }

  private static ConfigResource resource(String topic) {
    return new ConfigResource(ConfigResource.Type.TOPIC, topic);
  }

  private static String cleanup(
      @Nullable KafkaFuture<Config> answer, String name, Duration timeout) {
    if (answer == null) {
      return "";
    }
    try {
      ConfigEntry entry =
          answer
              .get(timeout.toMillis(), TimeUnit.MILLISECONDS)
              .get(TopicConfig.CLEANUP_POLICY_CONFIG);
      return entry == null || entry.value() == null ? "" : entry.value();
    } catch (ExecutionException | TimeoutException e) {
      LOG.debug("topic {}: how it is cleaned cannot be seen", name, e);
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ControlPlaneException("interrupted while looking up topic " + name, e);
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
