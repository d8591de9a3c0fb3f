package io.penstock.demo.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * The service's control topics, as any Kafka client with an eye for JSON uses them: promotes a
 * version by one line, and reads what the service reports and decides. Not thread-safe.
 */
public final class ControlTopics implements AutoCloseable {

  private static final String CONTROL = ServiceConfig.SERVICE + ".control";
  private static final String REPORTS = ServiceConfig.SERVICE + ".reports";
  private static final String DECISIONS = ServiceConfig.SERVICE + ".decisions";
  private static final String AUDIT = ServiceConfig.SERVICE + ".audit";

  private final ObjectMapper json = new ObjectMapper();
  private final Map<Long, JsonNode> versions = new TreeMap<>();
  private final Map<String, String> broker;
  private final KafkaConsumer<String, String> consumer;

  /**
   * Those of a broker.
   *
   * @param broker what an operator's client needs to know of it
   */
  public ControlTopics(Map<String, String> broker) {
    this.broker = Map.copyOf(broker);
    Map<String, Object> settings = new HashMap<>(broker);
    settings.put("client.id", "demo-control");
    settings.put("isolation.level", "read_committed");
    settings.put("auto.offset.reset", "earliest");
    this.consumer =
        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer());
    consumer.assign(Stream.of(REPORTS, AUDIT).map(topic -> new TopicPartition(topic, 0)).toList());
  }

  /** The four topics as a service needs them. */
  public static List<NewTopic> newTopics() {
    return List.of(
        newTopic(CONTROL, "delete", Map.of("retention.ms", "-1")),
        newTopic(REPORTS, "compact,delete", Map.of()),
        newTopic(DECISIONS, "compact", Map.of()),
        newTopic(AUDIT, "delete", Map.of("retention.ms", "-1")));
  }

  private static NewTopic newTopic(String name, String cleanup, Map<String, String> more) {
    Map<String, String> config = new TreeMap<>(more);
    config.put("cleanup.policy", cleanup);
    return new NewTopic(name, 1, (short) 1).configs(config);
  }

  /** The line that promotes a version. */
  public static String promotion(long version) {
    return "{\"promote\":{\"model\":\"%s\",\"version\":%d}}"
        .formatted(ServiceConfig.MODEL, version);
  }

  /** The topic that commands go to. */
  public static String commandTopic() {
    return CONTROL;
  }

  /** Sends the line that promotes a version, and waits until the broker has it. */
  public void promote(long version) {
    Map<String, Object> settings = new HashMap<>(broker);
    settings.put("acks", "all");
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>(CONTROL, promotion(version))).get();
    } catch (ExecutionException e) {
      throw new IllegalStateException("The promotion could not be sent to " + CONTROL, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while sending the promotion", e);
    }
  }

  /**
   * Reads what is new, waiting a moment for it.
   *
   * @return the service's decisions and the cutovers, each in a few words
   */
  public List<String> news() {
    List<String> news = new ArrayList<>();
    for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(50))) {
      if (record.value() != null) {
        JsonNode message = parse(record.value());
        if (record.topic().equals(REPORTS)) {
          message
              .path("versions")
              .forEach(version -> versions.put(version.path("version").asLong(), version));
        } else {
          inWords(message).ifPresent(news::add);
        }
      }
    }
    return news;
  }

  /** The state of a version as the service last reported it, such as AVAILABLE. */
  public Optional<String> state(long version) {
    return field(version, "state");
  }

  /** Why a version does not serve, if the service reported that. */
  public Optional<String> error(long version) {
    return field(version, "error");
  }

  @Override
  public void close() {
    consumer.close();
  }

  private Optional<String> field(long version, String name) {
    return Optional.ofNullable(versions.get(version))
        .map(status -> status.path(name))
        .filter(JsonNode::isTextual)
        .map(JsonNode::asText);
  }

  private JsonNode parse(String message) {
    try {
      return json.readTree(message);
    } catch (JsonProcessingException e) {
      // Not for us: the control topics are open to everybody.
      return json.missingNode();
    }
  }

  private static Optional<String> inWords(JsonNode audit) {
    if (audit.has("decided")) {
      JsonNode decided = audit.get("decided");
      String what =
          "%s version %d"
              .formatted(decided.path("outcome").asText(), decided.path("version").asLong());
      return Optional.of(
          decided.hasNonNull("reason") ? what + ": " + decided.get("reason").asText() : what);
    }
    if (audit.has("rejected")) {
      return Optional.of("REJECTED: " + audit.get("rejected").path("reason").asText());
    }
    JsonNode cutover = audit.path("cutover");
    if (cutover.hasNonNull("from")) {
      return Optional.of(
          "cutover of partition %d at offset %d: version %d to %d"
              .formatted(
                  cutover.path("partition").asInt(),
                  cutover.path("offset").asLong(),
                  cutover.path("from").asLong(),
                  cutover.path("to").asLong()));
    }
    return Optional.empty();
  }
}
