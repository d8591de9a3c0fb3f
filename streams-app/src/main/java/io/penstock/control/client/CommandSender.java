package io.penstock.control.client;

import io.penstock.control.kafka.TopicTail;
import io.penstock.control.message.ControlMessages;
import io.penstock.schemas.Command;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;

/**
 * Sends commands once. A command whose acknowledgement is lost may be on the topic all the same,
 * and to send it again could undo what it did; so it is looked for, by a header that no other has.
 * Not thread-safe.
 */
final class CommandSender implements AutoCloseable {

  /** Names a command among all others. Nobody but its sender reads it. */
  static final String ID_HEADER = "penstock-command-id";

  private static final Duration POLL = Duration.ofMillis(100);

  private final Producer<String, byte[]> producer;
  private final TopicTail tail;
  private final String topic;
  private final Duration timeout;

  /**
   * A sender.
   *
   * @param tail of the topic
   * @param timeout for a broker's answer
   */
  CommandSender(Producer<String, byte[]> producer, TopicTail tail, String topic, Duration timeout) {
    this.producer = producer;
    this.tail = tail;
    this.topic = topic;
    this.timeout = timeout;
  }

  /**
   * Gives the command's offset.
   *
   * @throws KafkaException if it is not on the topic, or nobody can say whether it is
   */
  long send(Command command) {
    tail.skipToEnd(timeout);
    byte[] id = UUID.randomUUID().toString().getBytes(StandardCharsets.UTF_8);
    ProducerRecord<String, byte[]> record =
        new ProducerRecord<>(topic, 0, null, ControlMessages.encode(command));
    record.headers().add(ID_HEADER, id);
    try {
      return producer.send(record).get(2 * timeout.toMillis(), TimeUnit.MILLISECONDS).offset();
    } catch (ExecutionException | TimeoutException | KafkaException e) {
      return find(id).orElseThrow(() -> notAcknowledged(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw notAcknowledged(e);
    }
  }

  /** Where the command stands that was sent since, if it is there by the time that one may take. */
  private OptionalLong find(byte[] id) {
    long startNanos = System.nanoTime();
    try {
      do {
        for (ConsumerRecord<String, byte[]> record : tail.poll(POLL)) {
          Header header = record.headers().lastHeader(ID_HEADER);
          if (header != null && Arrays.equals(header.value(), id)) {
            return OptionalLong.of(record.offset());
          }
        }
      } while (System.nanoTime() - startNanos < timeout.toNanos());
      return OptionalLong.empty();
    } catch (KafkaException e) {
      return OptionalLong.empty();
    }
  }

  private KafkaException notAcknowledged(Exception cause) {
    Throwable reason =
        cause instanceof ExecutionException && cause.getCause() != null ? cause.getCause() : cause;
    return new KafkaException(
        "%s has not acknowledged the command, nor is it there to be read; it may come yet, so look at penstock history before it is given again: %s"
            .formatted(topic, reason.getMessage() == null ? reason : reason.getMessage()),
        cause);
  }

  @Override
  public void close() {
    producer.close(Duration.ZERO);
    tail.close();
  }
}
