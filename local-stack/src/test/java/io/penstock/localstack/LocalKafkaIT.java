package io.penstock.localstack;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LocalKafkaIT {

  @Test
  void shouldHaveItsRecordsAndItsPortAfterARestart(@TempDir Path folder) throws Exception {
    String before;
    try (LocalKafka kafka = LocalKafka.start(folder)) {
      // given a committed transaction and a node that was stopped and started
      before = kafka.bootstrapServers();
      createTopic(before, "kept");
      KafkaClients.commit(before, "kept", "one", "two");
      kafka.stop();
      kafka.start();
      KafkaClients.commit(before, "kept", "three");
    }

    // when another node takes the folder up
    try (LocalKafka again = LocalKafka.start(folder)) {

      // then it is the same broker to its clients
      assertThat(again.bootstrapServers()).isEqualTo(before);
      assertThat(KafkaClients.readCommitted(before, "kept")).containsExactly("one", "two", "three");
    }
  }

  @Test
  void shouldTakeMoreBrokerProperties(@TempDir Path folder) throws Exception {
    // given
    Map<String, String> properties = Map.of("message.max.bytes", "4711");

    // when
    try (LocalKafka kafka = LocalKafka.start(folder, properties);
        Admin admin = admin(kafka.bootstrapServers())) {

      // then
      ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
      assertThat(admin.describeConfigs(List.of(broker)).all().get().get(broker))
          .isNotNull()
          .extracting(config -> config.get("message.max.bytes").value())
          .isEqualTo("4711");
    }
  }

  private static void createTopic(String bootstrapServers, String topic)
      throws ExecutionException, InterruptedException {
    try (Admin admin = admin(bootstrapServers)) {
      admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
    }
  }

  private static Admin admin(String bootstrapServers) {
    return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
  }
}
