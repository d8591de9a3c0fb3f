package io.penstock.check.topic;

import io.penstock.check.Verdict;
import io.penstock.config.PenstockConfig;
import io.penstock.config.kafka.PlugInKeys;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.streams.StreamsConfig;
import org.jspecify.annotations.Nullable;

/**
 * The edge to a Kafka cluster that checks and the topics command share. Every call returns within a
 * bound or throws {@link ClusterException}. Thread-safe.
 */
public final class Cluster implements AutoCloseable {

  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final Config NO_SETTINGS = new Config(List.of());

  private final Admin admin;
  private final String bootstrap;

  private Cluster(Admin admin, String bootstrap) {
    this.admin = admin;
    this.bootstrap = bootstrap;
  }

  /**
   * A connection with the service's own settings.
   *
   * @throws ClusterException if no broker answers
   */
  public static Cluster connect(PenstockConfig config) {
    String bootstrap = config.kafka().getOrDefault("bootstrap.servers", "");
    Cluster cluster = new Cluster(admin(config, bootstrap), bootstrap);
    try {
      cluster.describe();
      return cluster;
    } catch (ClusterException e) {
      cluster.close();
      throw e;
    }
  }

  private static Admin admin(PenstockConfig config, String bootstrap) {
    try {
      return Admin.create(adminProperties(config));
    } catch (KafkaException e) {
      throw new ClusterException(
          "no client can be made for kafka.bootstrap.servers: "
              + bootstrap
              + ": "
              + reasons(e)
              + " (see the keys below kafka, such as sasl.* and ssl.*)",
          e);
    }
  }

  /** Kafka says first that it could not make a client, then of what file, and last why. */
  private static String reasons(Throwable failure) {
    Set<String> reasons = new LinkedHashSet<>();
    Throwable first = failure.getCause() == null ? failure : failure.getCause();
    for (Throwable cause = first; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      reasons.add(message == null ? cause.getClass().getSimpleName() : message);
    }
    return String.join(": ", reasons);
  }

  /** The keys that an admin client and its plug-ins understand, and those prefixed for it. */
  static Map<String, Object> adminProperties(PenstockConfig config) {
    Map<String, Object> properties = new HashMap<>();
    config
        .kafka()
        .forEach(
            (key, value) -> {
              if (AdminClientConfig.configNames().contains(key) || PlugInKeys.contains(key)) {
                properties.putIfAbsent(key, value);
              } else if (key.startsWith(StreamsConfig.ADMIN_CLIENT_PREFIX)) {
                properties.put(key.substring(StreamsConfig.ADMIN_CLIENT_PREFIX.length()), value);
              }
            });
    properties.put(AdminClientConfig.CLIENT_ID_CONFIG, config.service() + "-check");
    return properties;
  }

  /** One line about the cluster: its id and how many brokers it has. */
  public String describe() {
    var cluster = admin.describeCluster();
    int brokers = await(cluster.nodes()).size();
    String count = brokers == 1 ? "1 broker" : brokers + " brokers";
    return "cluster %s with %s at %s".formatted(await(cluster.clusterId()), count, bootstrap);
  }

  /** What the cluster says of those topics, by name. */
  public Map<String, TopicState> topics(Collection<PlannedTopic> planned) {
    List<String> names = planned.stream().map(PlannedTopic::name).distinct().toList();
    Map<String, KafkaFuture<TopicDescription>> descriptions =
        admin.describeTopics(names).topicNameValues();
    Map<String, TopicState> states = new HashMap<>();
    descriptions.forEach((name, description) -> states.put(name, state(name, description)));
    return states;
  }

  private TopicState state(String name, KafkaFuture<TopicDescription> description) {
    try {
      int partitions = await(description).partitions().size();
      return new TopicState.Present(partitions, cleanupPolicy(name));
    } catch (ClusterException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return new TopicState.Missing();
      }
      return new TopicState.Unreadable(String.valueOf(e.getMessage()));
    }
  }

  private String cleanupPolicy(String name) {
    ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, name);
    try {
      Map<ConfigResource, Config> settings = await(admin.describeConfigs(List.of(topic)).all());
      ConfigEntry entry =
          settings.getOrDefault(topic, NO_SETTINGS).get(TopicConfig.CLEANUP_POLICY_CONFIG);
      return entry == null ? "" : entry.value();
    } catch (ClusterException notAllowed) {
      return "";
    }
  }

  /** A verdict on each thing that those grants allow and the cluster denies. */
  List<Verdict> denied(Collection<Grant> grants) {
    return DeniedAccess.verdicts(
        new DeniedAccess(admin, TIMEOUT.toMillis()).among(grants), bootstrap);
  }

  /** Makes topics; one that is there already is left as it is. */
  public List<Verdict> create(Collection<NewTopic> topics) {
    var created = admin.createTopics(topics).values();
    return topics.stream().map(NewTopic::name).map(n -> created(n, created.get(n))).toList();
  }

  private Verdict created(String name, @Nullable KafkaFuture<Void> done) {
    try {
      var unused = await(Objects.requireNonNull(done));
      return Verdict.ok("topic " + name, "created");
    } catch (ClusterException e) {
      return e.getCause() instanceof TopicExistsException
          ? Verdict.ok("topic " + name, "there already")
          : Verdict.failed("topic " + name, "cannot be created: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ofSeconds(1));
  }

  /** A future's value; the cause of a failure is Kafka's own exception. */
  private <T> T await(KafkaFuture<T> future) {
    try {
      return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      if (cause instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw unreachable(cause);
      }
      throw new ClusterException(String.valueOf(cause.getMessage()), cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ClusterException("interrupted while waiting for a broker", e);
    }
  }

  private ClusterException unreachable(Throwable cause) {
    return new ClusterException(
        "cannot reach a Kafka broker at kafka.bootstrap.servers: %s within %ds; is the broker running and the listener advertised?"
            .formatted(bootstrap, TIMEOUT.toSeconds()),
        cause);
  }
}
