package io.penstock.control.kafka;

import io.penstock.control.Promotion;
import io.penstock.control.ProtocolLevel;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.ControlPosition;
import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The decisions topic as decisions: of several about one model only the newest, since each says it
 * all; and the position up to which commands are answered, which stands beside them. What is
 * neither is noted and passed over, so that the last good one stands. Not thread-safe, but for
 * {@link #wakeup}.
 */
public final class DecisionsReader implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(DecisionsReader.class);

  /** The key of the position: models are named otherwise. */
  static final String POSITION_KEY = "/control";

  private final TopicTail tail;
  private final ControlMessages messages;
  private final Set<String> damaged = new TreeSet<>();
  private @Nullable ControlPosition position;

  /** Reads that tail. */
  public DecisionsReader(TopicTail tail, ControlMessages messages) {
    this.tail = tail;
    this.messages = messages;
  }

  /** The newest decisions of all that there are, by model. */
  public SortedMap<String, ModelDecision> readToEnd(Duration timeout) {
    return newest(tail.readToEnd(timeout));
  }

  /** The newest decisions since the last call, by model. */
  public SortedMap<String, ModelDecision> poll(Duration timeout) {
    return newest(tail.poll(timeout));
  }

  /**
   * Whether everything was read that had been decided when this was called.
   *
   * @throws TimeoutException if the broker does not say so in time
   */
  boolean isAtEnd(Duration timeout) {
    return tail.isAtEnd(timeout);
  }

  /**
   * The keys under which something came last that was passed over, each told once. Compaction would
   * keep that and drop the last good one.
   */
  Set<String> takeDamaged() {
    Set<String> taken = Set.copyOf(damaged);
    damaged.clear();
    return taken;
  }

  /** The offset of the first command without an answer, by what was read so far. */
  long nextCommand() {
    return position == null ? 0 : position.getNext();
  }

  /** The same, and of which topic; empty if no command was answered. */
  Optional<ControlPosition> position() {
    return Optional.ofNullable(position);
  }

  private SortedMap<String, ModelDecision> newest(List<ConsumerRecord<String, byte[]>> records) {
    SortedMap<String, ModelDecision> newest = new TreeMap<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      if (POSITION_KEY.equals(record.key())) {
        read(messages.position(record.value()), record).ifPresent(read -> position = read);
      } else {
        read(checked(messages.decision(record.value())), record)
            .ifPresent(decision -> newest.put(decision.getModel(), decision));
      }
    }
    return newest;
  }

  /** What takes a higher level cannot be judged here, and is no garbage. */
  private static Decoded<ModelDecision> checked(Decoded<ModelDecision> decoded) {
    Optional<String> objection =
        decoded instanceof Decoded.Message<ModelDecision> message
                && !Promotion.isBeyond(message.value(), ProtocolLevel.CURRENT)
            ? Promotion.objection(message.value())
            : Optional.empty();
    return objection.isPresent() ? new Decoded.Garbage<>(objection.get()) : decoded;
  }

  private <T> Optional<T> read(Decoded<T> decoded, ConsumerRecord<String, byte[]> record) {
    String key = record.key() == null ? "" : record.key();
    if (decoded instanceof Decoded.Message<T> message) {
      damaged.remove(key);
      return Optional.of(message.value());
    }
    damaged.add(key);
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
