package io.penstock.control.kafka;

import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions topic as decisions: of several about one model only the newest, since each says it
 * all; and the position up to which commands are answered, which stands beside them. What is
 * neither is noted and passed over, so that the last good one stands. Not thread-safe, but for
 * {@link #wakeup}.
 */
final class DecisionsReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DecisionsReader.class);

  /** The key of the position: models are named otherwise. */
  static final String POSITION_KEY = "/control";

  private final TopicTail tail;
  private final ControlMessages messages;
  private long nextCommand;

  DecisionsReader(TopicTail tail, ControlMessages messages) {
    this.tail = tail;
    this.messages = messages;
  }

  /** The newest decisions of all that there are, by model. */
  SortedMap<String, ModelDecision> readToEnd(Duration timeout) {
    return newest(tail.readToEnd(timeout));
  }

  /** The newest decisions since the last call, by model. */
  SortedMap<String, ModelDecision> poll(Duration timeout) {
    return newest(tail.poll(timeout));
  }

  /** The offset of the first command without an answer, by what was read so far. */
  long nextCommand() {
    return nextCommand;
  }

  private SortedMap<String, ModelDecision> newest(List<ConsumerRecord<String, byte[]>> records) {
    SortedMap<String, ModelDecision> newest = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      if (POSITION_KEY.equals(record.key())) {
        read(messages.position(record.value()), record)
            .ifPresent(position -> nextCommand = position.getNext());
      } else {
        read(messages.decision(record.value()), record)
            .ifPresent(decision -> newest.put(decision.getModel(), decision));
      }
    }
    return newest;
  }

  private static <T> Optional<T> read(Decoded<T> decoded, ConsumerRecord<String, byte[]> record) {
    if (decoded instanceof Decoded.Message<T> message) {
      return Optional.of(message.value());
    }
    LOG.warn(
        "{}-{}@{}: not a decision, passed over: {}",
        record.topic(),
        record.partition(),
        record.offset(),
        ((Decoded.Garbage<T>) decoded).reason());
    return Optional.empty();
  }

  void wakeup() {
    tail.wakeup();
  }

  @Override
  public void close() {
    tail.close();
  }
}
