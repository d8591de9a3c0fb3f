package io.penstock.control.kafka;

import io.penstock.config.kafka.PlugInKeys;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/** Which of the configured Kafka keys the control plane's own clients take. */
public final class ClientKeys {

  private static final Set<String> COMMON =
      Stream.of(
              AdminClientConfig.configNames(),
              ConsumerConfig.configNames(),
              ProducerConfig.configNames())
          .flatMap(Set::stream)
          .filter(AdminClientConfig.configNames()::contains)
          .filter(ConsumerConfig.configNames()::contains)
          .filter(ProducerConfig.configNames()::contains)
          .collect(Collectors.toUnmodifiableSet());

  private ClientKeys() {}

  /**
   * Addresses, security, time-outs: what consumers, producers and admin clients have in common, and
   * the keys of their plug-ins. Keys of Streams and keys that size the data path are not for the
   * control topics.
   */
  public static Map<String, Object> ofControlPlane(Map<String, String> kafka) {
    Map<String, Object> keys = new HashMap<>();
    kafka.forEach(
        (key, value) -> {
          boolean common = COMMON.contains(key) && !key.equals(AdminClientConfig.CLIENT_ID_CONFIG);
          if (common || PlugInKeys.contains(key)) {
            keys.put(key, value);
          }
        });
    return keys;
  }
}
