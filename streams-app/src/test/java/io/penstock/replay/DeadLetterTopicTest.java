package io.penstock.replay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.deadletter.DeadLetterReader;
import io.penstock.registry.NoRegistry;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.junit.jupiter.api.Test;

class DeadLetterTopicTest {

  private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
  private final DeadLetterTopic topic =
      new DeadLetterTopic("dead", consumer, new DeadLetterReader(new NoRegistry()));

  @Test
  void shouldNotTakeATopicThatIsNotThereForAnEmptyOne() {
    assertThatThrownBy(() -> topic.forEach(letter -> {}, (place, why) -> {}))
        .isInstanceOf(ReplayException.class)
        .hasMessage("topic dead is not there (key: dead-letters.topic)");
  }
}
