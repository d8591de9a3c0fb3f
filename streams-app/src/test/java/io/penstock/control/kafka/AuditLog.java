package io.penstock.control.kafka;

import io.penstock.config.ControlTopics;
import io.penstock.control.message.ControlMessages;
import io.penstock.control.message.Decoded;
import io.penstock.schemas.AuditEvent;
import io.penstock.schemas.Decided;
import io.penstock.schemas.Done;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/** What a user sees on the audit topic, as short lines. Not thread-safe. */
final class AuditLog implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(120);

  private final TopicTail tail;
  private final List<String> lines = new ArrayList<>();

  AuditLog(String bootstrapServers, ControlTopics topics) {
    this.tail =
        new TopicTail(
            new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrapServers, "isolation.level", "read_committed"),
                new StringDeserializer(),
                new ByteArrayDeserializer()),
            topics.audit());
  }

  /** All lines up to the first new one that starts so. */
  List<String> await(String start) {
    long startNanos = System.nanoTime();
    int seen = lines.size();
    while (lines.stream().skip(seen).noneMatch(line -> line.startsWith(start))) {
      if (System.nanoTime() - startNanos > PATIENCE.toNanos()) {
        throw new AssertionError("no line starts with: " + start + " in " + lines);
      }
      tail.poll(Duration.ofMillis(100)).forEach(record -> lines.add(line(record.value())));
    }
    return List.copyOf(lines);
  }

  private static String line(byte[] value) {
    Decoded<AuditEvent> decoded = ControlMessages.jsonOnly().auditEvent(value);
    if (!(decoded instanceof Decoded.Message<AuditEvent> message)) {
      return "GARBAGE";
    }
    AuditEvent event = message.value();
    if (event.getRejected() != null) {
      return "REJECTED @%d %s"
          .formatted(event.getRejected().getOffset(), event.getRejected().getReason());
    }
    if (event.getDone() != null) {
      Done done = event.getDone();
      return "DONE @%d %s %d%s"
          .formatted(
              done.getOffset(),
              done.getCommand(),
              done.getVersion(),
              done.getLabel() == null ? "" : " " + done.getLabel());
    }
    Decided decided = event.getDecided();
    return "%s %d from %s @%d%s"
        .formatted(
            decided.getOutcome(),
            decided.getVersion(),
            decided.getFrom(),
            decided.getEpoch(),
            decided.getReason() == null ? "" : " " + decided.getReason());
  }

  @Override
  public void close() {
    tail.close();
  }
}
