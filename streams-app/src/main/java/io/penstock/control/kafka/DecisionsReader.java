package io.penstock.control.kafka;

import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions topic as decisions: of several about one model only the newest, since each says it
 * all. What is no decision is noted and passed over, so that the last good one stands. Not
 * thread-safe, but for {@link #wakeup}.
 */
final class DecisionsReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DecisionsReader.class);

  private final TopicTail tail;
  private final ControlMessages messages;

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

  private SortedMap<String, ModelDecision> newest(List<ConsumerRecord<String, byte[]>> records) {
    SortedMap<String, ModelDecision> newest = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      Decoded<ModelDecision> decoded = messages.decision(record.value());
      if (decoded instanceof Decoded.Message<ModelDecision> message) {
        newest.put(message.value().getModel(), message.value());
      } else if (decoded instanceof Decoded.Garbage<ModelDecision> garbage) {
        LOG.warn(
            "{}-{}@{}: not a decision, passed over: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            garbage.reason());
      }
    }
    return newest;
  }

  void wakeup() {
    tail.wakeup();
  }

  @Override
  public void close() {
    tail.close();
  }
}
