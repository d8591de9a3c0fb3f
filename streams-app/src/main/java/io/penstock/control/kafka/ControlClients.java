package io.penstock.control.kafka;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.GroupProtocol;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Makes the control plane's Kafka clients: the user's keys, then those that its rules need. */
final class ControlClients {

  /** How long a client may block: short, because an error restarts the session anyway. */
  static final Duration MAX_BLOCK = Duration.ofSeconds(10);

  /** How long the control thread may wait for a topic's metadata: once, at the first send. */
  private static final Duration SEND_BLOCK = Duration.ofSeconds(5);

  /** How long a dead controller's transaction may stand before the broker aborts it. */
  private static final Duration TRANSACTION_TIMEOUT = Duration.ofSeconds(15);

  private static final int COMMANDS_PER_POLL = 50;
  private static final int HEARTBEATS_PER_SESSION = 3;

  private final ControlPlaneSettings settings;

  ControlClients(ControlPlaneSettings settings) {
    this.settings = settings;
  }

  Admin admin() {
    return Admin.create(with(Map.of(AdminClientConfig.CLIENT_ID_CONFIG, clientId("admin"))));
  }

  /**
   * The id of the control topic, which no other has, not even a later one by its name; null where
   * brokers tell none, as those before 2.8.
   *
   * @throws KafkaException if no broker tells it in time
   */
  @Nullable String controlId() {
    String topic = settings.topics().control();
    try (Admin admin = admin()) {
      Uuid id =
          Objects.requireNonNull(admin.describeTopics(List.of(topic)).topicNameValues().get(topic))
              .get(MAX_BLOCK.toMillis(), TimeUnit.MILLISECONDS)
              .topicId();
      return id.equals(Uuid.ZERO_UUID) ? null : id.toString();
    } catch (ExecutionException | TimeoutException e) {
      throw new KafkaException("topic %s cannot be looked up".formatted(topic), e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  /** For one partition read from its beginning, without a group. */
  KafkaConsumer<String, byte[]> reader(String role) {
    Map<String, Object> keys = consumerKeys(role);
    keys.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    keys.remove(ConsumerConfig.GROUP_ID_CONFIG);
    keys.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    return new KafkaConsumer<>(keys, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * A member of the group whose one member with a partition is the controller. Sticky, so that a
   * controller stays when others come; positions are set by the term and never reset silently.
   */
  KafkaConsumer<String, byte[]> commands() {
    Map<String, Object> keys = consumerKeys("controller");
    long session = settings.livenessTimeout().toMillis();
    keys.put(ConsumerConfig.GROUP_ID_CONFIG, settings.controllerGroup());
    keys.put(ConsumerConfig.GROUP_PROTOCOL_CONFIG, GroupProtocol.CLASSIC.name());
    keys.put(
        ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
        List.of(CooperativeStickyAssignor.class));
    keys.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, (int) session);
    keys.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, (int) (session / HEARTBEATS_PER_SESSION));
    keys.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, COMMANDS_PER_POLL);
    keys.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
    keys.remove(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG);
    return new KafkaConsumer<>(keys, new StringDeserializer(), new ByteArrayDeserializer());
  }

  /**
   * The controller's: its transactional id is the same in all instances, so the next one fences.
   */
  KafkaProducer<String, byte[]> decisions() {
    Map<String, Object> keys = producerKeys("controller");
    keys.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, settings.controllerGroup());
    keys.put(ProducerConfig.TRANSACTION_TIMEOUT_CONFIG, (int) TRANSACTION_TIMEOUT.toMillis());
    return new KafkaProducer<>(keys, new StringSerializer(), new ByteArraySerializer());
  }

  /** For reports and proposals. What is older than the liveness time-out is not worth sending. */
  KafkaProducer<String, byte[]> outbox() {
    Map<String, Object> keys = producerKeys("outbox");
    int timeout = (int) settings.livenessTimeout().toMillis();
    keys.remove(ProducerConfig.TRANSACTIONAL_ID_CONFIG);
    keys.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, timeout);
    keys.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, timeout / 2);
    keys.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, SEND_BLOCK.toMillis());
    return new KafkaProducer<>(keys, new StringSerializer(), new ByteArraySerializer());
  }

  private Map<String, Object> consumerKeys(String role) {
    Map<String, Object> keys = with(Map.of(ConsumerConfig.CLIENT_ID_CONFIG, clientId(role)));
    keys.put(
        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
        IsolationLevel.READ_COMMITTED.toString().toLowerCase(Locale.ROOT));
    keys.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    keys.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    return keys;
  }

  private Map<String, Object> producerKeys(String role) {
    Map<String, Object> keys = with(Map.of(ProducerConfig.CLIENT_ID_CONFIG, clientId(role)));
    keys.put(ProducerConfig.ACKS_CONFIG, "all");
    keys.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    keys.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    keys.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, MAX_BLOCK.toMillis());
    return keys;
  }

  private Map<String, Object> with(Map<String, Object> keys) {
    Map<String, Object> all = new HashMap<>(settings.kafka());
    all.putAll(keys);
    return all;
  }

  private String clientId(String role) {
    return "%s-%s-%s".formatted(settings.service(), role, settings.instanceId());
  }
}
