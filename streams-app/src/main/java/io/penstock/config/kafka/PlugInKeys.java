package io.penstock.config.kafka;

import java.util.List;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.streams.StreamsConfig;

/**
 * Keys that Kafka itself does not define. Its clients hand them to what they load by class name:
 * interceptors, callback handlers, metrics reporters. Every client gets them, as with Kafka
 * Streams.
 */
public final class PlugInKeys {

  private static final List<ConfigDef> DEFINED =
      List.of(
          StreamsConfig.configDef(),
          ConsumerConfig.configDef(),
          ProducerConfig.configDef(),
          AdminClientConfig.configDef());

  /** Keys for one kind of client, or for topics and instances: not for all clients. */
  private static final List<String> PREFIXES =
      List.of(
          StreamsConfig.CONSUMER_PREFIX,
          StreamsConfig.MAIN_CONSUMER_PREFIX,
          StreamsConfig.RESTORE_CONSUMER_PREFIX,
          StreamsConfig.GLOBAL_CONSUMER_PREFIX,
          StreamsConfig.PRODUCER_PREFIX,
          StreamsConfig.ADMIN_CLIENT_PREFIX,
          StreamsConfig.TOPIC_PREFIX,
          StreamsConfig.CLIENT_TAG_PREFIX);

  private PlugInKeys() {}

  /** Whether a key is one of these. */
  public static boolean contains(String key) {
    return PREFIXES.stream().noneMatch(key::startsWith)
        && DEFINED.stream().noneMatch(definition -> definition.names().contains(key));
  }
}
