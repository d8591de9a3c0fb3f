package io.penstock.benchmarks.stack;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A service's audit topic, counted. */
public final class AuditTrail {

  /** One that has a version to leave: the first that a partition gets is no change. */
  private static final Pattern CUTOVER = Pattern.compile("\"cutover\":\\{.*\"from\":\\d");

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
          count += CUTOVER.matcher(record.value()).find() ? 1 : 0;
        }
      }
      return count;
    }
  }
}
