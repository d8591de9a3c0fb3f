package io.penstock.control.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.control.kafka.TopicTail;
import io.penstock.schemas.Command;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

/** A producer whose acknowledgements are lost, and what is on the topic. */
final class CommandSenderTest {

  private static final TopicPartition CONTROL = new TopicPartition("s.control", 0);
  private static final long END = 5;
  private static final Command COMMAND = Command.newBuilder().setBy("ann").build();

  private final MockConsumer<String, byte[]> topic = new MockConsumer<>("earliest");
  private final LossyProducer producer = new LossyProducer();
  private CommandSender sender = sender(Duration.ofSeconds(30));

  private CommandSender sender(Duration timeout) {
    TopicTail tail = new TopicTail(topic, CONTROL.topic());
    topic.updateBeginningOffsets(Map.of(CONTROL, 0L));
    topic.updateEndOffsets(Map.of(CONTROL, END));
    return new CommandSender(producer, tail, CONTROL.topic(), timeout);
  }

  @Test
  void shouldFindOnTheTopicWhatWasNotAcknowledged() {
    producer.arrivesAt = END + 2;
    append(END, new RecordHeaders());
    append(END + 1, new RecordHeaders().add(CommandSender.ID_HEADER, new byte[] {1}));

    assertThat(sender.send(COMMAND)).isEqualTo(END + 2);
  }

  @Test
  void shouldSayThatItIsNotKnownWhetherACommandArrived() {
    sender = sender(Duration.ofMillis(1));

    assertThatThrownBy(() -> sender.send(COMMAND))
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith("s.control has not acknowledged the command, nor is it there")
        .hasMessageEndingWith(": the acknowledgement is lost");
  }

  private void append(long offset, Headers headers) {
    topic.addRecord(
        new ConsumerRecord<>(
            CONTROL.topic(),
            CONTROL.partition(),
            offset,
            0L,
            TimestampType.CREATE_TIME,
            0,
            0,
            null,
            new byte[0],
            headers,
            Optional.empty()));
  }

  /** Puts a record where the test says, or nowhere, and never says so. */
  private final class LossyProducer extends MockProducer<String, byte[]> {
    private long arrivesAt = -1;

    LossyProducer() {
      super(false, null, new StringSerializer(), new ByteArraySerializer());
    }

    @Override
    public Future<RecordMetadata> send(ProducerRecord<String, byte[]> record) {
      if (arrivesAt >= 0) {
        append(arrivesAt, record.headers());
      }
      return CompletableFuture.failedFuture(new TimeoutException("the acknowledgement is lost"));
    }
  }
}
