package io.penstock.control.client;

import io.penstock.control.kafka.TopicTail;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The audit as events, in their order. What is no event is noted once and passed over. Not
 * thread-safe.
 */
public final class AuditFeed implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(AuditFeed.class);

  private final ControlMessages messages = ControlMessages.jsonOnly();
  private final TopicTail tail;
  private final Duration timeout;

  AuditFeed(TopicTail tail, Duration timeout) {
    this.tail = tail;
    this.timeout = timeout;
  }

  /**
   * An event and where it stands on the topic.
   *
   * @param offset its own, not that of the command that it answers
   */
  public record Entry(long offset, AuditEvent event) {}

  /**
   * Everything there is now, from where the feed stands, one by one: there may be more than fits
   * into memory.
   */
  public void readToEnd(Consumer<Entry> onEntry) {
    tail.readToEnd(timeout, records -> entries(records).forEach(onEntry));
  }

  /** What has come since the last call; waits for it so long. */
  public List<Entry> poll(Duration wait) {
    return entries(tail.poll(wait));
  }

  private List<Entry> entries(List<ConsumerRecord<String, byte[]>> records) {
    List<Entry> entries = new ArrayList<>();
    for (ConsumerRecord<String, byte[]> record : records) {
      Decoded<AuditEvent> decoded = messages.auditEvent(record.value());
      if (decoded instanceof Decoded.Message<AuditEvent> message) {
        entries.add(new Entry(record.offset(), message.value()));
      } else {
        LOG.warn(
            "{}-{}@{}: not an audit event, passed over: {}",
            record.topic(),
            record.partition(),
            record.offset(),
            ((Decoded.Garbage<AuditEvent>) decoded).reason());
      }
    }
    return entries;
  }

  @Override
  public void close() {
    tail.close();
  }
}
