package io.penstock.replay;

import io.penstock.config.kafka.PlugInKeys;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.streams.StreamsConfig;

/** Which of the configured Kafka keys a consumer and a producer outside of Streams take. */
public final class ReplayKeys {

  private ReplayKeys() {}

  /** Keys of a reader of committed records that belongs to no group and makes no topics. */
  public static Map<String, Object> ofConsumer(Map<String, String> kafka, String clientId) {
    Map<String, Object> keys =
        keys(
            kafka,
            ConsumerConfig.configNames(),
            List.of(StreamsConfig.CONSUMER_PREFIX, StreamsConfig.MAIN_CONSUMER_PREFIX));
    keys.remove(ConsumerConfig.GROUP_ID_CONFIG);
    keys.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    keys.put(ConsumerConfig.CLIENT_ID_CONFIG, clientId);
    keys.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
    keys.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    keys.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    keys.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");
    return keys;
  }

  /** Keys of a producer of transactions. */
  public static Map<String, Object> ofProducer(
      Map<String, String> kafka, String clientId, String transactionalId) {
    Map<String, Object> keys =
        keys(kafka, ProducerConfig.configNames(), List.of(StreamsConfig.PRODUCER_PREFIX));
    keys.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    keys.put(ProducerConfig.CLIENT_ID_CONFIG, clientId);
    keys.put(ProducerConfig.ACKS_CONFIG, "all");
    keys.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    return keys;
  }

  private static Map<String, Object> keys(
      Map<String, String> kafka, Set<String> names, List<String> prefixes) {
    Map<String, Object> keys = new HashMap<>();
    kafka.forEach(
        (key, value) -> {
          if (names.contains(key) || PlugInKeys.contains(key)) {
            keys.put(key, value);
          }
        });
    for (String prefix : prefixes) {
      kafka.forEach(
          (key, value) -> {
            if (key.startsWith(prefix)) {
              keys.put(key.substring(prefix.length()), value);
            }
          });
    }
    return keys;
  }
}
