package io.penstock.control.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;

final class TopicTailTest {

  private static final TopicPartition PARTITION = new TopicPartition("t", 0);
  private static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final DatedConsumer topic = new DatedConsumer();
  private final TopicTail tail = new TopicTail(topic, "t");

  @Test
  void shouldBeAtTheEndOnceEverythingIsRead() {
    topic.updateBeginningOffsets(Map.of(PARTITION, 0L));
    topic.addRecord(new ConsumerRecord<>("t", 0, 0, "k", new byte[0]));
    topic.updateEndOffsets(Map.of(PARTITION, 1L));

    assertThat(tail.isAtEnd(TIMEOUT)).isFalse();
    assertThat(tail.poll(Duration.ZERO)).hasSize(1);
    assertThat(tail.isAtEnd(TIMEOUT)).isTrue();
  }

  /** However long all of it takes. */
  @Test
  void shouldReadOnAsLongAsSomethingComes() {
    topic.updateBeginningOffsets(Map.of(PARTITION, 0L));
    topic.updateEndOffsets(Map.of(PARTITION, 5L));
    topic.setMaxPollRecords(1);
    for (long offset = 0; offset < 5; offset++) {
      topic.addRecord(new ConsumerRecord<>("t", 0, offset, "k", new byte[0]));
    }

    assertThat(slowly().readToEnd(TIMEOUT)).hasSize(5);
  }

  @Test
  void shouldNotWaitForEverForWhatDoesNotCome() {
    topic.updateBeginningOffsets(Map.of(PARTITION, 0L));
    topic.addRecord(new ConsumerRecord<>("t", 0, 0, "k", new byte[0]));
    topic.updateEndOffsets(Map.of(PARTITION, 5L));
    TopicTail slow = slowly();

    assertThatThrownBy(() -> slow.readToEnd(TIMEOUT))
        .isInstanceOf(TimeoutException.class)
        .hasMessage("t-0: no further than offset 1 (expected: 5) for PT1S");
  }

  /** By a clock of which most of the time-out has passed at each look. */
  private TopicTail slowly() {
    AtomicLong nanos = new AtomicLong();
    return new TopicTail(
        topic, "t", () -> nanos.addAndGet(TIMEOUT.multipliedBy(3).dividedBy(4).toNanos()));
  }

  @Test
  void shouldPassOverWhatIsOlderUnlessAllOfItIs() {
    topic.updateBeginningOffsets(Map.of(PARTITION, 0L));
    topic.updateEndOffsets(Map.of(PARTITION, 3L));
    for (long offset = 0; offset < 3; offset++) {
      topic.addRecord(new ConsumerRecord<>("t", 0, offset, "k", new byte[0]));
    }
    topic.firstSince.put(2_000L, 2L);

    tail.skipTo(Instant.ofEpochMilli(2_000), TIMEOUT);

    assertThat(tail.readToEnd(TIMEOUT)).extracting(ConsumerRecord::offset).containsExactly(2L);
    tail.skipTo(Instant.ofEpochMilli(9_000), TIMEOUT);
    assertThat(topic.position(PARTITION)).isEqualTo(3);
  }

  /** Deleted and made again: whoever goes on to confirm would miss what is decided from now on. */
  @Test
  void shouldNotConfirmTheEndOfAnotherTopic() {
    topic.updateBeginningOffsets(Map.of(PARTITION, 0L));
    topic.addRecord(new ConsumerRecord<>("t", 0, 0, "k", new byte[0]));
    topic.updateEndOffsets(Map.of(PARTITION, 1L));
    tail.poll(Duration.ZERO);
    topic.updateEndOffsets(Map.of(PARTITION, 0L));

    assertThatThrownBy(() -> tail.isAtEnd(TIMEOUT))
        .isInstanceOf(KafkaException.class)
        .hasMessageStartingWith("t-0 ends at offset 0 (expected: 1 or more, which was read)");
  }
}
