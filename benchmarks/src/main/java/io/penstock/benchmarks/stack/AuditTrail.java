package io.penstock.benchmarks.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A service's audit topic, counted. */
public final class AuditTrail {

  private static final Duration SILENCE = Duration.ofSeconds(1);

  private AuditTrail() {}

  /** How often a partition has gone over from one version to another so far. */
  public static long cutovers(String bootstrapServers, String service) {
    try (KafkaConsumer<String, String> consumer =
        new KafkaConsumer<>(
            Map.of("bootstrap.servers", bootstrapServers, "auto.offset.reset", "earliest"),
            new StringDeserializer(),
            new StringDeserializer())) {
      consumer.assign(List.of(new TopicPartition(service + ".audit", 0)));
      long count = 0;
      for (ConsumerRecords<String, String> records = consumer.poll(SILENCE);
          !records.isEmpty();
          records = consumer.poll(SILENCE)) {
        for (ConsumerRecord<String, String> record : records) {
          count += record.value().contains("\"cutover\":{") ? 1 : 0;
        }
      }
      return count;
    }
  }
}
