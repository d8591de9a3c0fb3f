package io.penstock.check.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.check.Configs;
import io.penstock.check.Verdict;
import io.penstock.check.topic.PlannedTopic.Role;
import io.penstock.check.topic.TopicState.Missing;
import io.penstock.check.topic.TopicState.Present;
import io.penstock.check.topic.TopicState.Unreadable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Test;

final class TopicRulesTest {

  private static final List<PlannedTopic> PLANNED = PlannedTopic.of(Configs.minimal());

  private final Map<String, TopicState> states = new HashMap<>();

  TopicRulesTest() {
    states.put("payments", new Present(8, "delete"));
    states.put("fraud-scores", new Present(8, "delete"));
    states.put("fraud-dead", new Present(8, "delete"));
    states.put("scoring.control", new Present(1, "delete"));
    states.put("scoring.reports", new Present(1, "delete,compact"));
    states.put("scoring.decisions", new Present(1, "compact"));
    states.put("scoring.audit", new Present(1, "delete"));
  }

  @Test
  void shouldPlanEveryTopicOfAConfiguration() {
    assertThat(PLANNED)
        .extracting(PlannedTopic::name, PlannedTopic::role, PlannedTopic::key)
        .containsExactly(
            tuple("payments", Role.INPUT, "pipelines.payments-fraud.input.topic"),
            tuple("fraud-scores", Role.OUTPUT, "pipelines.payments-fraud.output.topic"),
            tuple("fraud-dead", Role.DEAD_LETTERS, "pipelines.payments-fraud.dead-letters.topic"),
            tuple("scoring.control", Role.CONTROL, "service"),
            tuple("scoring.reports", Role.CONTROL, "service"),
            tuple("scoring.decisions", Role.CONTROL, "service"),
            tuple("scoring.audit", Role.CONTROL, "service"));
  }

  @Test
  void shouldFindNothingWrongWithTopicsAsTheyShouldBe() {
    assertThat(verdicts())
        .containsExactly(
            "OK       topic payments: 8 partitions",
            "OK       topic fraud-scores: 8 partitions",
            "OK       topic fraud-dead: 8 partitions",
            "OK       topic scoring.control: 1 partition, cleanup.policy delete",
            "OK       topic scoring.reports: 1 partition, cleanup.policy compact,delete",
            "OK       topic scoring.decisions: 1 partition, cleanup.policy compact",
            "OK       topic scoring.audit: 1 partition, cleanup.policy delete");
  }

  @Test
  void shouldSayHowToMakeAMissingTopic() {
    states.put("fraud-scores", new Missing());
    states.remove("scoring.audit");

    assertThat(verdicts())
        .contains(
            "FAILED   topic fraud-scores: missing (key: pipelines.payments-fraud.output.topic; to"
                + " make it: penstock topics --config fraud.yaml --create)",
            "FAILED   topic scoring.audit: missing (key: service; to make it: penstock topics"
                + " --config fraud.yaml --create)");
  }

  @Test
  void shouldWarnWhereOrderHoldsOnlyPerKey() {
    states.put("fraud-scores", new Present(4, "delete"));

    assertThat(verdicts())
        .contains(
            "WARNING  topic fraud-scores: partitions: 4 (expected: 8, as input payments has; order"
                + " holds only per key)");
  }

  @Test
  void shouldRefuseControlTopicsThatCannotDoTheirWork() {
    states.put("scoring.control", new Present(3, "delete"));
    states.put("scoring.decisions", new Present(1, "delete"));
    states.put("scoring.audit", new Unreadable("Not authorized to access topics: [scoring.audit]"));

    assertThat(verdicts())
        .contains(
            "FAILED   topic scoring.control: partitions: 3 (expected: 1, so that its messages have"
                + " one order; make it anew)",
            "FAILED   topic scoring.decisions: cleanup.policy: delete (expected: compact; to change"
                + " it: kafka-configs --alter)",
            "FAILED   topic scoring.audit: Not authorized to access topics: [scoring.audit] (key:"
                + " service)");
  }

  @Test
  void shouldNotJudgeAPolicyThatItMayNotSee() {
    states.put("scoring.decisions", new Present(1, ""));

    assertThat(new TopicRules(PLANNED, states).verdicts("f"))
        .allMatch(verdict -> verdict.level() == Verdict.Level.OK);
  }

  @Test
  void shouldMakeOutputsWithTheInputsPartitions() {
    states.remove("fraud-scores");
    states.remove("fraud-dead");

    List<NewTopic> topics =
        new TopicRules(PLANNED, states).toCreate(Optional.of(2), Optional.of((short) 3));

    assertThat(topics)
        .containsExactly(
            new NewTopic("fraud-scores", Optional.of(8), Optional.of((short) 3)).configs(Map.of()),
            new NewTopic("fraud-dead", Optional.of(8), Optional.of((short) 3)).configs(Map.of()));
  }

  @Test
  void shouldMakeEverythingInAnEmptyCluster() {
    List<NewTopic> topics =
        new TopicRules(PLANNED, Map.of()).toCreate(Optional.of(4), Optional.empty());

    assertThat(topics).extracting(NewTopic::numPartitions).containsExactly(4, 4, 4, 1, 1, 1, 1);
    assertThat(topics)
        .filteredOn(topic -> topic.name().startsWith("scoring."))
        .extracting(NewTopic::configs)
        .containsExactly(
            Map.of("cleanup.policy", "delete", "retention.ms", "-1"),
            Map.of(
                "cleanup.policy", "compact,delete",
                "retention.ms", "86400000",
                "segment.ms", "3600000",
                "message.timestamp.type", "LogAppendTime"),
            Map.of("cleanup.policy", "compact"),
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", "31536000000",
                "message.timestamp.type", "LogAppendTime"));
  }

  @Test
  void shouldHaveTwoReplicasTakeWhatIsDecidedWhereThereAreThree() {
    TopicRules rules = new TopicRules(PLANNED, Map.of());

    assertThat(rules.toCreate(Optional.of(4), Optional.of((short) 3)))
        .filteredOn(topic -> "2".equals(topic.configs().get("min.insync.replicas")))
        .extracting(NewTopic::name)
        .containsExactly(
            "scoring.control", "scoring.reports", "scoring.decisions", "scoring.audit");
    assertThat(rules.toCreate(Optional.of(4), Optional.of((short) 2)))
        .noneMatch(topic -> topic.configs().containsKey("min.insync.replicas"));
  }

  private List<String> verdicts() {
    return new TopicRules(PLANNED, states)
        .verdicts("fraud.yaml").stream().map(Verdict::toString).toList();
  }

  private static org.assertj.core.groups.Tuple tuple(Object... values) {
    return org.assertj.core.groups.Tuple.tuple(values);
  }
}
