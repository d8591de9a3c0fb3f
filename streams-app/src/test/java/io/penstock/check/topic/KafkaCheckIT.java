package io.penstock.check.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import io.penstock.check.Verdict;
import io.penstock.config.PenstockConfig;
import io.penstock.localstack.LocalKafka;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The checks against a real broker. */
@Timeout(120)
final class KafkaCheckIT {

  @TempDir private Path folder;

  @Test
  void shouldMakeWhatIsMissingAndFindNothingWrongThen() {
    try (LocalKafka kafka = LocalKafka.start(folder)) {
      PenstockConfig config = Configs.at(kafka.bootstrapServers());
      List<PlannedTopic> planned = PlannedTopic.of(config);

      List<Verdict> before = new KafkaCheck(config, "fraud.yaml").verdicts();
      List<Verdict> made;
      try (Cluster cluster = Cluster.connect(config)) {
        cluster.create(List.of(new NewTopic("payments", 3, (short) 1)));
        List<NewTopic> missing =
            new TopicRules(planned, awaitTopics(cluster, planned, 1))
                .toCreate(Optional.empty(), Optional.empty());
        made = cluster.create(missing);
        awaitTopics(cluster, planned, 7);
      }
      List<Verdict> after = new KafkaCheck(config, "fraud.yaml").verdicts();

      assertThat(before).hasSize(8);
      assertThat(before.get(0).toString())
          .startsWith("OK       broker: cluster ")
          .endsWith(" with 1 broker at " + kafka.bootstrapServers());
      assertThat(before.subList(1, 8)).allMatch(v -> v.message().startsWith("missing (key: "));
      assertThat(made).hasSize(6).allMatch(verdict -> verdict.message().equals("created"));
      assertThat(after.subList(1, 8))
          .extracting(Verdict::toString)
          .containsExactly(
              "OK       topic payments: 3 partitions",
              "OK       topic fraud-scores: 3 partitions",
              "OK       topic fraud-dead: 3 partitions",
              "OK       topic scoring.control: 1 partition, cleanup.policy delete",
              "OK       topic scoring.reports: 1 partition, cleanup.policy compact,delete",
              "OK       topic scoring.decisions: 1 partition, cleanup.policy compact",
              "OK       topic scoring.audit: 1 partition, cleanup.policy delete");
    }
  }

  @Test
  void shouldLeaveATopicAloneThatIsThereAlready() {
    try (LocalKafka kafka = LocalKafka.start(folder);
        Cluster cluster = Cluster.connect(Configs.at(kafka.bootstrapServers()))) {
      List<NewTopic> topics = List.of(new NewTopic("payments", 1, (short) 1));

      cluster.create(topics);

      assertThat(cluster.create(topics))
          .containsExactly(Verdict.ok("topic payments", "there already"));
      assertThat(cluster.create(List.of(new NewTopic("other", 1, (short) 3))))
          .singleElement()
          .matches(verdict -> verdict.level() == Verdict.Level.FAILED)
          .extracting(Verdict::message)
          .asString()
          .startsWith("cannot be created: ")
          .contains("replication factor");
    }
  }

  @Test
  void shouldSayOnceThatNoBrokerAnswers() throws IOException {
    String address;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      address = "127.0.0.1:" + free.getLocalPort();
    }

    assertThat(new KafkaCheck(Configs.at(address), "fraud.yaml").verdicts())
        .containsExactly(
            Verdict.failed(
                "broker",
                "cannot reach a Kafka broker at kafka.bootstrap.servers: "
                    + address
                    + " within 10s; is the broker running and the listener advertised?"));
  }

  /**
   * What the cluster says once it knows that many of the topics: metadata spreads after the answer.
   */
  private static Map<String, TopicState> awaitTopics(
      Cluster cluster, List<PlannedTopic> planned, int count) {
    Map<String, TopicState> states = cluster.topics(planned);
    while (states.values().stream().filter(TopicState.Present.class::isInstance).count() < count) {
      states = cluster.topics(planned);
    }
    return states;
  }
}
