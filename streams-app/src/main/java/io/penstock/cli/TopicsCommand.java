package io.penstock.cli;

import io.penstock.check.Verdict;
import io.penstock.check.topic.Cluster;
import io.penstock.check.topic.PlannedTopic;
import io.penstock.check.topic.TopicRules;
import io.penstock.cli.shell.ConfigOption;
import io.penstock.cli.shell.Terminal;
import io.penstock.config.PenstockConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.admin.NewTopic;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the topics that a configuration needs, each with a verdict, and makes what is missing. */
@Command(
    name = "topics",
    description = "List the topics that the configuration needs, each with a verdict.")
final class TopicsCommand implements Callable<Integer> {

  @Mixin private final ConfigOption config;

  private final Terminal terminal;

  @Option(names = "--create", description = "Make the topics that are missing.")
  private boolean create;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      description =
          "Partitions of new data topics where the input has none to follow (default: the"
              + " broker's). Control topics have 1.")
  private @Nullable Integer partitions;

  @Option(
      names = "--replication-factor",
      paramLabel = "N",
      description = "Replication factor of new topics (default: the broker's).")
  private @Nullable Short replicationFactor;

  TopicsCommand(ConfigOption config, Terminal terminal) {
    this.config = config;
    this.terminal = terminal;
  }

  @Override
  public Integer call() {
    PenstockConfig loaded = config.load().config();
    List<PlannedTopic> planned = PlannedTopic.of(loaded);
    try (Cluster cluster = Cluster.connect(loaded)) {
      TopicRules rules = new TopicRules(planned, cluster.topics(planned));
      return terminal.print(create ? created(cluster, rules) : rules.verdicts(config.file()));
    }
  }

  private List<Verdict> created(Cluster cluster, TopicRules rules) {
    List<NewTopic> missing =
        rules.toCreate(Optional.ofNullable(partitions), Optional.ofNullable(replicationFactor));
    List<String> names = missing.stream().map(NewTopic::name).toList();
    List<Verdict> verdicts = new ArrayList<>(cluster.create(missing));
    rules.verdicts(config.file()).stream()
        .filter(verdict -> names.stream().noneMatch(n -> verdict.subject().equals("topic " + n)))
        .forEach(verdicts::add);
    return verdicts;
  }
}
