package io.penstock.config.kafka;

import static java.util.Map.entry;

import io.penstock.config.Remark;
import io.penstock.config.Suggestion;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.streams.StreamsConfig;

/**
 * The Kafka keys that a user may set: every name that Kafka Streams and its clients define, with
 * Streams' prefixes, except those that Penstock must own to keep its guarantees. Kafka passes any
 * other key to interceptors, callback handlers and other plug-ins, so that one is let through with
 * a warning, unless it looks like a slip.
 */
public final class KafkaKeys {

  private static final List<ConfigDef> ANY =
      List.of(
          StreamsConfig.configDef(),
          ConsumerConfig.configDef(),
          ProducerConfig.configDef(),
          AdminClientConfig.configDef());

  /** What each prefix of {@link StreamsConfig} leads to. */
  private static final Map<String, List<ConfigDef>> PREFIXES =
      Map.of(
          StreamsConfig.CONSUMER_PREFIX, List.of(ConsumerConfig.configDef()),
          StreamsConfig.MAIN_CONSUMER_PREFIX, List.of(ConsumerConfig.configDef()),
          StreamsConfig.RESTORE_CONSUMER_PREFIX, List.of(ConsumerConfig.configDef()),
          StreamsConfig.GLOBAL_CONSUMER_PREFIX, List.of(ConsumerConfig.configDef()),
          StreamsConfig.PRODUCER_PREFIX, List.of(ProducerConfig.configDef()),
          StreamsConfig.ADMIN_CLIENT_PREFIX, List.of(AdminClientConfig.configDef()));

  private static final String BYTES = "set by Penstock, which reads and writes bytes";
  private static final String NAMES = "set by Penstock from service and the pipeline's name";
  private static final String DEAD_LETTERS =
      "set by Penstock (use pipelines.<name>.dead-letters.topic)";

  /** Wake-ups and the pre-commit hook are proven with the classic protocol only. */
  private static final String GROUP_PROTOCOL = "classic";

  private static final Map<String, String> OWNED =
      Map.ofEntries(
          entry("application.id", NAMES),
          entry("client.id", NAMES),
          entry("group.id", NAMES),
          entry("transactional.id", NAMES),
          entry("processing.guarantee", "set by Penstock (use pipelines.<name>.guarantee)"),
          entry("isolation.level", "set by Penstock, which reads committed records only"),
          entry("auto.offset.reset", "set by Penstock (use pipelines.<name>.start-from)"),
          entry("num.stream.threads", "set by Penstock (use pipelines.<name>.threads)"),
          entry(
              "enable.auto.commit",
              "set by Penstock, which commits with the outcomes (use commit.interval.ms)"),
          entry("enable.idempotence", "set by Penstock: outcomes must stay in order"),
          entry("acks", "set by Penstock: no outcome may be lost"),
          entry("partitioner.class", "set by Penstock: an outcome keeps its input's partition"),
          entry("partition.assignment.strategy", "set by Kafka Streams"),
          entry("default.key.serde", BYTES),
          entry("default.value.serde", BYTES),
          entry("key.serializer", BYTES),
          entry("value.serializer", BYTES),
          entry("key.deserializer", BYTES),
          entry("value.deserializer", BYTES),
          entry("errors.dead.letter.queue.topic.name", DEAD_LETTERS),
          entry("default.deserialization.exception.handler", DEAD_LETTERS),
          entry("deserialization.exception.handler", DEAD_LETTERS),
          entry("default.production.exception.handler", DEAD_LETTERS),
          entry("production.exception.handler", DEAD_LETTERS),
          entry("processing.exception.handler", DEAD_LETTERS),
          entry("processing.exception.handler.global.enabled", DEAD_LETTERS),
          entry("config.providers", "not needed: values take ${env:NAME} and ${file:/path:key}"));

  private KafkaKeys() {}

  /**
   * The keys that a user must leave to Penstock, each with the reason or the key to use instead.
   */
  public static SortedMap<String, String> owned() {
    return new TreeMap<>(OWNED);
  }

  /** What there is to say about that key with that value, of which only {@code shown} is shown. */
  public static Optional<Remark> remark(String key, String value, String shown) {
    if (key.startsWith(StreamsConfig.TOPIC_PREFIX)
        || key.startsWith(StreamsConfig.CLIENT_TAG_PREFIX)) {
      return Optional.empty();
    }
    String name = key.substring(prefix(key).length());
    if (OWNED.containsKey(name)) {
      return Optional.ofNullable(OWNED.get(name)).map(Remark::refusal);
    }
    if (name.equals(ConsumerConfig.GROUP_PROTOCOL_CONFIG) && !value.equals(GROUP_PROTOCOL)) {
      return Optional.of(
          Remark.refusal(shown + " (not supported yet; expected: " + GROUP_PROTOCOL + ")"));
    }
    Optional<ConfigDef.ConfigKey> definition = definition(key);
    return definition.isEmpty()
        ? Optional.of(unknown(key))
        : illegalValue(definition.get(), name, value, shown).map(Remark::refusal);
  }

  /** Like {@link #remark}, for one pipeline's keys. */
  public static Optional<Remark> pipelineRemark(String key, String value, String shown) {
    return key.substring(prefix(key).length()).equals(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG)
        ? Optional.of(
            Remark.refusal("inputs and outputs live in one cluster (use kafka.bootstrap.servers)"))
        : remark(key, value, shown);
  }

  /** Whether Kafka holds that key's value to be a secret. */
  public static boolean isPassword(String key) {
    return definition(key).map(k -> k.type == ConfigDef.Type.PASSWORD).orElse(false);
  }

  /** A key of a plug-in, which Kafka hands every key it does not know; or a slip. */
  private static Remark unknown(String key) {
    String prefix = prefix(key);
    Collection<String> names =
        definitions(prefix).stream().flatMap(d -> d.names().stream()).map(prefix::concat).toList();
    String meant = Suggestion.suffix(key, names);
    return meant.isEmpty()
        ? Remark.warning("no key of Kafka's own; passed on for plug-ins to read")
        : Remark.refusal(
            "unknown key (expected: a key of Kafka Streams or its clients" + meant + ")");
  }

  private static Optional<String> illegalValue(
      ConfigDef.ConfigKey definition, String name, String value, String shown) {
    try {
      Object parsed = ConfigDef.parseType(name, value, definition.type);
      if (definition.validator != null) {
        definition.validator.ensureValid(name, parsed);
      }
      return Optional.empty();
    } catch (ConfigException e) {
      String message = String.valueOf(e.getMessage());
      int end = message.indexOf(" for configuration " + name + ": ");
      String why = end < 0 ? message : message.substring(message.indexOf(": ", end) + 2);
      return Optional.of(shown + " (" + why.replace(value, shown) + ")");
    }
  }

  private static String prefix(String key) {
    return PREFIXES.keySet().stream().filter(key::startsWith).findFirst().orElse("");
  }

  private static List<ConfigDef> definitions(String prefix) {
    return PREFIXES.getOrDefault(prefix, ANY);
  }

  private static Optional<ConfigDef.ConfigKey> definition(String key) {
    List<ConfigDef.ConfigKey> found = new ArrayList<>();
    String prefix = prefix(key);
    for (ConfigDef definition : definitions(prefix)) {
      ConfigDef.ConfigKey known = definition.configKeys().get(key.substring(prefix.length()));
      if (known != null && !known.internalConfig) {
        found.add(known);
      }
    }
    return found.stream().findFirst();
  }
}
