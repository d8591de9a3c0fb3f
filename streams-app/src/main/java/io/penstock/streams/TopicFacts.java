package io.penstock.streams;

import io.penstock.pipeline.PipelineSettings.SizeLimits;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.DescribeConfigsResult;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.streams.StreamsConfig;

/** What the cluster says about a pipeline's topics before it starts. */
final class TopicFacts {

  private final Admin admin;
  private final StreamsConfig config;

  TopicFacts(Admin admin, StreamsConfig config) {
    this.admin = admin;
    this.config = config;
  }

  /** A topic as it is now. */
  TopicDescription topic(String topic) throws ExecutionException, InterruptedException {
    DescribeTopicsResult result = admin.describeTopics(List.of(topic));
    return Objects.requireNonNull(result.topicNameValues().get(topic)).get();
  }

  /** The largest records that the producer sends and the topics take. */
  SizeLimits sizeLimits(String output, String deadLetters)
      throws ExecutionException, InterruptedException {
    long producer = producerLimit();
    return new SizeLimits(
        (int) Math.min(producer, topicLimit(output)),
        (int) Math.min(producer, topicLimit(deadLetters)));
  }

  private long producerLimit() {
    Map<String, Object> producer = config.getProducerConfigs("limits");
    ConfigDef keys = ProducerConfig.configDef();
    return Math.min(
        effective(keys, producer, ProducerConfig.MAX_REQUEST_SIZE_CONFIG),
        effective(keys, producer, ProducerConfig.BUFFER_MEMORY_CONFIG));
  }

  /** The number that a client will use for a key: the one given, or the client's default. */
  static long effective(ConfigDef keys, Map<String, Object> given, String key) {
    ConfigDef.ConfigKey definition = Objects.requireNonNull(keys.configKeys().get(key), key);
    Object value = given.getOrDefault(key, definition.defaultValue);
    return ((Number) ConfigDef.parseType(key, value, definition.type)).longValue();
  }

  private long topicLimit(String topic) throws ExecutionException, InterruptedException {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    DescribeConfigsResult result = admin.describeConfigs(List.of(resource));
    Config config = Objects.requireNonNull(result.values().get(resource)).get();
    ConfigEntry entry = config.get(TopicConfig.MAX_MESSAGE_BYTES_CONFIG);
    return entry == null || entry.value() == null ? Long.MAX_VALUE : Long.parseLong(entry.value());
  }
}
