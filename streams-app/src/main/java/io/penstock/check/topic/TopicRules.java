package io.penstock.check.topic;

import io.penstock.check.Verdict;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.NewTopic;

/** Judges the topics of a cluster against those that a configuration needs. Pure: does no I/O. */
public final class TopicRules {

  /** With fewer, two that have to be in sync would stop everything when one broker stops. */
  private static final short REPLICAS_TO_SPARE_ONE = 3;

  private final List<PlannedTopic> planned;
  private final Map<String, TopicState> states;

  /** Rules over a cluster's answer; a topic without a state counts as missing. */
  public TopicRules(List<PlannedTopic> planned, Map<String, TopicState> states) {
    this.planned = List.copyOf(planned);
    this.states = Map.copyOf(states);
  }

  /**
   * A verdict on every planned topic.
   *
   * @param file the configuration's file, for the command that makes topics
   */
  public List<Verdict> verdicts(String file) {
    return planned.stream().map(topic -> verdict(topic, file)).toList();
  }

  private Verdict verdict(PlannedTopic topic, String file) {
    String subject = "topic " + topic.name();
    TopicState state = state(topic.name());
    if (state instanceof TopicState.Unreadable unreadable) {
      return Verdict.failed(subject, "%s (key: %s)".formatted(unreadable.reason(), topic.key()));
    }
    if (!(state instanceof TopicState.Present present)) {
      return Verdict.failed(
          subject,
          "missing (key: %s; to make it: penstock topics --config %s --create)"
              .formatted(topic.key(), file));
    }
    return topic.role() == PlannedTopic.Role.CONTROL
        ? controlVerdict(subject, topic, present)
        : dataVerdict(subject, topic, present);
  }

  private static Verdict controlVerdict(
      String subject, PlannedTopic topic, TopicState.Present present) {
    String expected = topic.settings().getOrDefault("cleanup.policy", "");
    if (present.partitions() != 1) {
      return Verdict.failed(
          subject,
          "partitions: %d (expected: 1, so that its messages have one order; make it anew)"
              .formatted(present.partitions()));
    }
    if (!present.cleanupPolicy().isEmpty()
        && !policies(present.cleanupPolicy()).equals(policies(expected))) {
      return Verdict.failed(
          subject,
          "cleanup.policy: %s (expected: %s; to change it: kafka-configs --alter)"
              .formatted(present.cleanupPolicy(), expected));
    }
    return Verdict.ok(subject, "1 partition, cleanup.policy " + expected);
  }

  private Verdict dataVerdict(String subject, PlannedTopic topic, TopicState.Present present) {
    int partitions = present.partitions();
    Optional<Integer> inputs = partitions(topic.input());
    return inputs.isPresent() && inputs.get() != partitions
        ? Verdict.warning(
            subject,
            "partitions: %d (expected: %d, as input %s has; order holds only per key)"
                .formatted(partitions, inputs.get(), topic.input()))
        : Verdict.ok(subject, partitions + (partitions == 1 ? " partition" : " partitions"));
  }

  /**
   * The topics to make: those that are missing, with as many partitions as their pipeline's input.
   *
   * @param partitions of data topics; empty takes the input's, or the broker's default where the
   *     input is missing too
   * @param replicationFactor empty takes the broker's default
   */
  public List<NewTopic> toCreate(Optional<Integer> partitions, Optional<Short> replicationFactor) {
    Map<String, NewTopic> topics = new LinkedHashMap<>();
    for (PlannedTopic topic : planned) {
      if (state(topic.name()) instanceof TopicState.Missing) {
        Optional<Integer> count =
            topic.role() == PlannedTopic.Role.CONTROL
                ? Optional.of(1)
                : partitions(topic.input()).or(() -> partitions);
        topics.putIfAbsent(
            topic.name(),
            new NewTopic(topic.name(), count, replicationFactor)
                .configs(settings(topic, replicationFactor)));
      }
    }
    return List.copyOf(topics.values());
  }

  /** What is decided must not depend on one broker, which may have been replaced unknowingly. */
  private static Map<String, String> settings(
      PlannedTopic topic, Optional<Short> replicationFactor) {
    Map<String, String> settings = new HashMap<>(topic.settings());
    if (topic.role() == PlannedTopic.Role.CONTROL
        && replicationFactor.filter(factor -> factor >= REPLICAS_TO_SPARE_ONE).isPresent()) {
      settings.put("min.insync.replicas", "2");
    }
    return settings;
  }

  private TopicState state(String name) {
    return states.getOrDefault(name, new TopicState.Missing());
  }

  private Optional<Integer> partitions(String name) {
    return state(name) instanceof TopicState.Present present
        ? Optional.of(present.partitions())
        : Optional.empty();
  }

  private static Set<String> policies(String policies) {
    return Arrays.stream(policies.split(",", -1)).map(String::strip).collect(Collectors.toSet());
  }
}
