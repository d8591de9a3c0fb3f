package io.penstock.check.topic;

import io.penstock.config.ControlTopics;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AclOperation;

/**
 * The least that each role needs to be allowed, as arguments for Kafka's own {@code kafka-acls}. A
 * pure function of the configuration.
 */
public final class LeastAcls {

  private LeastAcls() {}

  /** Who needs access. */
  public enum Role {
    /** A process that runs {@code penstock serve}. */
    INSTANCE,
    /** Whoever sends commands. */
    OPERATOR,
    /** Whoever only looks: {@code penstock status}, {@code history}, {@code watch}. */
    VIEWER,
    /**
     * Whoever runs {@code penstock dead-letters replay} or {@code penstock pipeline replay}. The
     * latter also writes to topics that no configuration names.
     */
    REPLAYER
  }

  /** What that role needs: for each resource the options of {@code kafka-acls --add}. */
  public static List<String> of(PenstockConfig config, Role role) {
    return grants(config, role).stream().map(Grant::toString).distinct().toList();
  }

  static List<Grant> grants(PenstockConfig config, Role role) {
    ControlTopics topics = config.controlTopics();
    return switch (role) {
      case INSTANCE -> instance(config, topics);
      case OPERATOR ->
          Stream.concat(
                  Stream.of(
                      Grant.topic(
                          topics.control(),
                          AclOperation.WRITE,
                          AclOperation.READ,
                          AclOperation.DESCRIBE)),
                  viewer(config, topics).stream())
              .toList();
      case VIEWER -> viewer(config, topics);
      case REPLAYER -> replayer(config, topics);
    };
  }

  private static List<Grant> instance(PenstockConfig config, ControlTopics topics) {
    List<Grant> grants = new ArrayList<>();
    for (Map.Entry<String, PipelineConfig> pipeline : config.pipelines().entrySet()) {
      PipelineConfig with = pipeline.getValue();
      String application = config.applicationId(pipeline.getKey());
      grants.add(Grant.topic(with.input().topic(), AclOperation.READ, AclOperation.DESCRIBE));
      for (String written : List.of(with.output().topic(), with.deadLetters().topic())) {
        grants.add(
            Grant.topic(
                written, AclOperation.WRITE, AclOperation.DESCRIBE, AclOperation.DESCRIBE_CONFIGS));
      }
      grants.add(Grant.group(application, AclOperation.READ, AclOperation.DESCRIBE));
      if (with.startFrom().mayPassOverRecords()) {
        grants.add(
            Grant.group(
                PenstockConfig.inputGroup(application), AclOperation.READ, AclOperation.DESCRIBE));
      }
      if (with.guarantee() == PipelineConfig.Guarantee.EXACTLY_ONCE_V2) {
        grants.add(
            Grant.transactionalIds(application + "-", AclOperation.WRITE, AclOperation.DESCRIBE));
      }
    }
    grants.add(
        Grant.topic(
            topics.reports(), AclOperation.READ, AclOperation.WRITE, AclOperation.DESCRIBE));
    for (String both : List.of(topics.control(), topics.decisions())) {
      grants.add(
          Grant.topic(
              both,
              AclOperation.READ,
              AclOperation.WRITE,
              AclOperation.DESCRIBE,
              AclOperation.DESCRIBE_CONFIGS));
    }
    grants.add(
        Grant.topic(
            topics.audit(),
            AclOperation.WRITE,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS));
    String controller = config.service() + "-controller";
    grants.add(Grant.group(controller, AclOperation.READ, AclOperation.DESCRIBE));
    grants.add(Grant.transactionalId(controller, AclOperation.WRITE, AclOperation.DESCRIBE));
    return grants;
  }

  private static List<Grant> viewer(PenstockConfig config, ControlTopics topics) {
    List<Grant> grants = new ArrayList<>();
    for (String read : List.of(topics.reports(), topics.decisions(), topics.audit())) {
      grants.add(Grant.topic(read, AclOperation.READ, AclOperation.DESCRIBE));
    }
    grants.add(Grant.topic(topics.control(), AclOperation.DESCRIBE));
    config
        .pipelines()
        .forEach(
            (name, pipeline) -> {
              grants.add(Grant.topic(pipeline.input().topic(), AclOperation.DESCRIBE));
              grants.add(Grant.group(config.applicationId(name), AclOperation.DESCRIBE));
            });
    return grants;
  }

  private static List<Grant> replayer(PenstockConfig config, ControlTopics topics) {
    List<Grant> grants = new ArrayList<>();
    config
        .pipelines()
        .forEach(
            (name, pipeline) -> {
              grants.add(
                  Grant.topic(
                      pipeline.input().topic(),
                      AclOperation.READ,
                      AclOperation.WRITE,
                      AclOperation.DESCRIBE));
              grants.add(
                  Grant.topic(
                      pipeline.deadLetters().topic(), AclOperation.READ, AclOperation.DESCRIBE));
              grants.add(
                  Grant.transactionalIds(
                      config.applicationId(name) + "-replay",
                      AclOperation.WRITE,
                      AclOperation.DESCRIBE));
            });
    for (String read : List.of(topics.decisions(), topics.audit())) {
      grants.add(Grant.topic(read, AclOperation.READ, AclOperation.DESCRIBE));
    }
    for (String looked : List.of(topics.control(), topics.reports())) {
      grants.add(Grant.topic(looked, AclOperation.DESCRIBE));
    }
    return grants;
  }
}
