package io.penstock.check.topic;

import io.penstock.check.Check;
import io.penstock.check.Verdict;
import io.penstock.config.PenstockConfig;
import java.util.ArrayList;
import java.util.List;

/** Checks that a broker answers, the topics, and what an instance may do with them. */
public final class KafkaCheck implements Check {

  private final PenstockConfig config;
  private final String file;

  public KafkaCheck(PenstockConfig config, String file) {
    this.config = config;
    this.file = file;
  }

  @Override
  public List<Verdict> verdicts() {
    List<PlannedTopic> planned = PlannedTopic.of(config);
    try (Cluster cluster = Cluster.connect(config)) {
      List<Verdict> verdicts = new ArrayList<>();
      verdicts.add(Verdict.ok("broker", cluster.describe()));
      verdicts.addAll(new TopicRules(planned, cluster.topics(planned)).verdicts(file));
      verdicts.addAll(cluster.denied(LeastAcls.grants(config, LeastAcls.Role.INSTANCE)));
      return verdicts;
    } catch (ClusterException e) {
      return List.of(Verdict.failed("broker", String.valueOf(e.getMessage())));
    }
  }
}
