package io.penstock.replay;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.deadletter.DeadLetterReader;
import io.penstock.registry.NoRegistry;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
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

  @Test
  void shouldSayHowFarItHasComeWhenNoRecordsCome() {
    // given partition 0 with nothing in it, and partition 1 whose records do not come
    Node broker = new Node(1, "localhost", 1);
    Node[] replicas = {broker};
    TopicPartition empty = new TopicPartition("dead", 0);
    TopicPartition silent = new TopicPartition("dead", 1);
    consumer.updatePartitions(
        "dead",
        List.of(
            new PartitionInfo("dead", 0, broker, replicas, replicas),
            new PartitionInfo("dead", 1, broker, replicas, replicas)));
    consumer.updateBeginningOffsets(Map.of(empty, 0L, silent, 3L));
    consumer.updateEndOffsets(Map.of(empty, 0L, silent, 7L));

    // when, then
    assertThatThrownBy(() -> topic.forEach(letter -> {}, (place, why) -> {}))
        .isInstanceOf(TimeoutException.class)
        .hasMessage(
            "No records for PT30S: dead-1 is read up to offset 3 (expected: 7). See whether the"
                + " partitions have leaders that answer, and try again");
  }
}
