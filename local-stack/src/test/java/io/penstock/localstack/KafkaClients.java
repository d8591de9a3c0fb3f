package io.penstock.localstack;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** What the tests do with a broker: transactions of strings, committed or not. */
final class KafkaClients {

  private KafkaClients() {}

  static void commit(String bootstrapServers, String topic, String... values) throws Exception {
    transact(bootstrapServers, topic, true, values);
  }

  static void abort(String bootstrapServers, String topic, String... values) throws Exception {
    transact(bootstrapServers, topic, false, values);
  }

  private static void transact(
      String bootstrapServers, String topic, boolean commit, String... values) throws Exception {
    Map<String, Object> settings =
        Map.of("bootstrap.servers", bootstrapServers, "transactional.id", "test");
    try (var producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.initTransactions();
      producer.beginTransaction();
      for (String value : values) {
        producer.send(new ProducerRecord<>(topic, 0, null, value)).get();
      }
      if (commit) {
        producer.commitTransaction();
      } else {
        producer.abortTransaction();
      }
    }
  }

  /**
   * Everything committed in partition 0 of that topic, up to its end: a transaction that has been
   * committed shows only once the broker has written its marker, a moment later.
   */
  static List<String> readCommitted(String bootstrapServers, String topic) {
    Map<String, Object> settings =
        Map.of(
            "bootstrap.servers", bootstrapServers,
            "isolation.level", "read_committed",
            "auto.offset.reset", "earliest");
    TopicPartition partition = new TopicPartition(topic, 0);
    try (var consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
      consumer.assign(List.of(partition));
      long end = end(bootstrapServers, partition);
      List<String> values = new ArrayList<>();
      while (consumer.position(partition) < end) {
        consumer.poll(Duration.ofSeconds(1)).records(partition).stream()
            .map(ConsumerRecord::value)
            .forEach(values::add);
      }
      return values;
    }
  }

  /** Behind the last record, be it committed yet or not. */
  private static long end(String bootstrapServers, TopicPartition partition) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers))) {
      return admin
          .listOffsets(Map.of(partition, OffsetSpec.latest()))
          .partitionResult(partition)
          .toCompletionStage()
          .toCompletableFuture()
          .join()
          .offset();
    }
  }
}
