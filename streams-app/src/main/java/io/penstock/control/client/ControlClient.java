package io.penstock.control.client;

import io.penstock.config.ControlTopics;
import io.penstock.control.kafka.ControlPlaneException;
import io.penstock.control.kafka.DecisionsReader;
import io.penstock.control.kafka.RequiredTopics;
import io.penstock.control.kafka.TopicTail;
import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.Command;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * A user's connection to the control topics of one service. Every call returns within the time-out
 * or throws {@link UnreachableException}. Not thread-safe.
 */
public final class ControlClient implements AutoCloseable {

  private final String service;
  private final ControlTopics topics;
  private final Map<String, Object> kafka;
  private final Duration timeout;
  private final Admin admin;

  private ControlClient(String service, Map<String, Object> kafka, Duration timeout, Admin admin) {
    this.service = service;
    this.topics = ControlTopics.of(service);
    this.kafka = Map.copyOf(kafka);
    this.timeout = timeout;
    this.admin = admin;
  }

  /**
   * Connects.
   *
   * @param kafka keys for Kafka's clients: addresses, security
   * @throws UnreachableException if no broker answers
   * @throws ControlPlaneException if the service's control topics are not there
   */
  public static ControlClient connect(String service, Map<String, Object> kafka, Duration timeout) {
    Map<String, Object> keys = new HashMap<>(kafka);
    keys.put("client.id", service + "-cli");
    try {
      Admin admin = Admin.create(keys);
      ControlClient client = new ControlClient(service, keys, timeout, admin);
      boolean complete = false;
      try {
        RequiredTopics.verify(client.topics, admin, timeout);
        complete = true;
        return client;
      } finally {
        if (!complete) {
          admin.close(Duration.ZERO);
        }
      }
    } catch (ControlPlaneException e) {
      throw e.getCause() == null ? e : unreachable(keys, e);
    } catch (KafkaException e) {
      throw unreachable(keys, e);
    }
  }

  /** The topic that commands go to. */
  public String controlTopic() {
    return topics.control();
  }

  /**
   * Sends a command; gives its offset, by which its answers are known.
   *
   * @throws UnreachableException if it is not known to be on the topic
   */
  public long send(Command command) {
    Map<String, Object> keys = new HashMap<>(kafka);
    keys.put(ProducerConfig.ACKS_CONFIG, "all");
    keys.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, true);
    keys.put(ProducerConfig.LINGER_MS_CONFIG, 0);
    int millis = (int) timeout.toMillis();
    keys.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, timeout.toMillis());
    keys.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, millis);
    keys.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, millis);
    try (CommandSender sender =
        new CommandSender(
            new KafkaProducer<>(keys, new StringSerializer(), new ByteArraySerializer()),
            tail(topics.control()),
            topics.control(),
            timeout)) {
      return sender.send(command);
    } catch (KafkaException e) {
      throw new UnreachableException(e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
  }

  /** What was decided last about a model, if anything was. */
  public Optional<ModelDecision> decision(String model) {
    try (DecisionsReader decisions =
        new DecisionsReader(tail(topics.decisions()), ControlMessages.jsonOnly())) {
      return Optional.ofNullable(decisions.readToEnd(timeout).get(model));
    } catch (KafkaException e) {
      throw unreachable(kafka, e);
    }
  }

  /**
   * How long a promotion may take from its beginning on, by the controller's clock; nothing if it
   * is not in preparation.
   *
   * @param epoch the promotion's
   */
  public Duration preparationTime(String model, long epoch) {
    return decision(model)
        .filter(newest -> newest.getPhase() == Phase.PREPARE && newest.getEpoch() == epoch)
        .map(preparing -> Duration.between(preparing.getTime(), preparing.getDeadline()))
        .orElse(Duration.ZERO);
  }

  /** The audit from its beginning. */
  public AuditFeed audit() {
    return new AuditFeed(tail(topics.audit()), timeout);
  }

  /** The audit from now on. */
  public AuditFeed auditFromNow() {
    TopicTail tail = tail(topics.audit());
    try {
      tail.skipToEnd(timeout);
    } catch (KafkaException e) {
      tail.close();
      throw unreachable(kafka, e);
    }
    return new AuditFeed(tail, timeout);
  }

  /**
   * How the fleet stands.
   *
   * @param livenessTimeout after how long a silence an instance is not counted as live
   */
  public FleetFeed fleet(Duration livenessTimeout) {
    return new FleetFeed(
        tail(topics.decisions()), tail(topics.reports()), livenessTimeout, timeout);
  }

  /** What waits on the input topics of the service's pipelines. */
  public Lags lags() {
    return new Lags(service, admin, timeout);
  }

  private TopicTail tail(String topic) {
    Map<String, Object> keys = new HashMap<>(kafka);
    keys.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    keys.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    keys.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false);
    keys.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    keys.put(ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, (int) timeout.toMillis());
    keys.remove(ConsumerConfig.GROUP_ID_CONFIG);
    return new TopicTail(
        new KafkaConsumer<>(keys, new StringDeserializer(), new ByteArrayDeserializer()), topic);
  }

  private static UnreachableException unreachable(Map<String, Object> keys, Exception cause) {
    Throwable reason =
        cause instanceof ExecutionException && cause.getCause() != null ? cause.getCause() : cause;
    Throwable root = reason.getCause() == null ? reason : reason.getCause();
    String why = root.getMessage() == null ? root.toString() : root.getMessage();
    return new UnreachableException(
        "no broker answers bootstrap.servers: %s: %s"
            .formatted(keys.getOrDefault("bootstrap.servers", "none"), why),
        cause);
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }
}
