package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import io.penstock.control.Ruling;
import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.ControlPosition;
import io.penstock.schemas.ModelDecision;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerGroupMetadata;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.jspecify.annotations.Nullable;

/**
 * What a controller writes: each ruling, with the position after the command that it answers, in
 * one transaction over decisions and audit. Not thread-safe: the controller thread's.
 */
final class DecisionLog implements AutoCloseable {

  private final Producer<String, byte[]> producer;
  private final ControlTopics topics;
  private final TopicPartition control;
  private @Nullable String controlId;

  /** A log that is written with that producer, which it closes. */
  DecisionLog(Producer<String, byte[]> producer, ControlTopics topics) {
    this.producer = producer;
    this.topics = topics;
    this.control = new TopicPartition(topics.control(), 0);
  }

  /**
   * Makes it this controller's: nobody before it can write from now on.
   *
   * @param controlId the id of the topic that positions are of from now on; null if it is not known
   */
  void claim(@Nullable String controlId) {
    this.controlId = controlId;
    producer.initTransactions();
  }

  /**
   * Writes a ruling, or says why a topic does not take it: its limit may be lower than the default.
   *
   * @param nextCommand the offset after the command that it answers; empty if it answers none
   * @param group the controller's membership, by which operators see that position
   * @throws KafkaException if it is not known to be written, for any other reason
   */
  Optional<String> write(Ruling ruling, OptionalLong nextCommand, ConsumerGroupMetadata group) {
    if (ruling.isSilent() && nextCommand.isEmpty()) {
      return Optional.empty();
    }
    try {
      producer.beginTransaction();
      ruling.decisions().forEach(this::send);
      ruling.audit().forEach(event -> send(topics.audit(), null, ControlMessages.encode(event)));
      if (nextCommand.isPresent()) {
        long next = nextCommand.getAsLong();
        sendPosition(next);
        producer.sendOffsetsToTransaction(Map.of(control, new OffsetAndMetadata(next)), group);
      }
      producer.commitTransaction();
      return Optional.empty();
    } catch (KafkaException e) {
      if (!isTooLarge(e)) {
        throw e;
      }
      producer.abortTransaction();
      return Optional.of(
          "what is decided is larger than a topic takes (max.message.bytes): " + e.getMessage());
    }
  }

  /** Writes again what stands there already, but was covered. */
  void repeat(List<ModelDecision> decisions, OptionalLong nextCommand) {
    producer.beginTransaction();
    decisions.forEach(this::send);
    nextCommand.ifPresent(this::sendPosition);
    producer.commitTransaction();
  }

  private void send(ModelDecision decision) {
    send(topics.decisions(), decision.getModel(), ControlMessages.encode(decision));
  }

  private void sendPosition(long next) {
    send(
        topics.decisions(),
        DecisionsReader.POSITION_KEY,
        ControlMessages.encode(new ControlPosition(next, controlId)));
  }

  /** A failure comes out of the commit. */
  private void send(String topic, @Nullable String key, byte[] value) {
    Future<RecordMetadata> unused = producer.send(new ProducerRecord<>(topic, 0, key, value));
  }

  private static boolean isTooLarge(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RecordTooLargeException) {
        return true;
      }
    }
    return false;
  }

  /** A transaction that is open is aborted by this or by the next controller. */
  @Override
  public void close() {
    producer.close(ControlClients.MAX_BLOCK);
  }
}
