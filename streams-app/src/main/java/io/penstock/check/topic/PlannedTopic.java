package io.penstock.check.topic;

import io.penstock.config.ControlTopics;
import io.penstock.config.PenstockConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A topic that a configuration needs.
 *
 * @param key the configuration key that names it
 * @param input the pipeline's input topic, whose partitions the topic should match; for an input or
 *     control topic its own name
 * @param settings topic settings it is made with; for a control topic, {@code cleanup.policy} is
 *     what it must have
 */
public record PlannedTopic(
    String name, Role role, String key, String input, Map<String, String> settings) {

  private static final String DAY_MILLIS = "86400000";
  private static final String YEAR_MILLIS = "31536000000";
  private static final String HOUR_MILLIS = "3600000";

  /** Of one clock, whatever those of the instances say. */
  private static final String BROKERS_TIME = "LogAppendTime";

  public PlannedTopic {
    settings = Map.copyOf(settings);
  }

  /** What a topic is for. */
  public enum Role {
    INPUT,
    OUTPUT,
    DEAD_LETTERS,
    CONTROL
  }

  /** Every topic that a configuration needs, pipelines first. */
  public static List<PlannedTopic> of(PenstockConfig config) {
    List<PlannedTopic> topics = new ArrayList<>();
    config
        .pipelines()
        .forEach(
            (name, pipeline) -> {
              String key = "pipelines." + name;
              String input = pipeline.input().topic();
              String dead = pipeline.deadLetters().topic();
              topics.add(data(input, Role.INPUT, key + ".input.topic", input));
              topics.add(
                  data(pipeline.output().topic(), Role.OUTPUT, key + ".output.topic", input));
              topics.add(data(dead, Role.DEAD_LETTERS, key + ".dead-letters.topic", input));
            });
    ControlTopics control = config.controlTopics();
    topics.add(
        control(control.control(), Map.of("cleanup.policy", "delete", "retention.ms", "-1")));
    topics.add(
        control(
            control.reports(),
            Map.of(
                "cleanup.policy", "compact,delete",
                "retention.ms", DAY_MILLIS,
                "segment.ms", HOUR_MILLIS,
                "message.timestamp.type", BROKERS_TIME)));
    topics.add(control(control.decisions(), Map.of("cleanup.policy", "compact")));
    topics.add(
        control(
            control.audit(),
            Map.of(
                "cleanup.policy", "delete",
                "retention.ms", YEAR_MILLIS,
                "message.timestamp.type", BROKERS_TIME)));
    return topics;
  }

  private static PlannedTopic data(String name, Role role, String key, String input) {
    return new PlannedTopic(name, role, key, input, Map.of());
  }

  private static PlannedTopic control(String name, Map<String, String> settings) {
    return new PlannedTopic(name, Role.CONTROL, "service", name, settings);
  }
}
