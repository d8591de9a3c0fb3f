package io.penstock.replay.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.replay.ReplayException;
import io.penstock.replay.timeline.PartitionRange;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class InputTopicTest {

  private static final TopicPartition ZERO = new TopicPartition("in", 0);
  private static final TopicPartition ONE = new TopicPartition("in", 1);

  /** Partition 0 has the offsets 0 to 99, partition 1 those from 20 to 39; ten to a second. */
  private final Topic consumer = new Topic();

  private final InputTopic topic = new InputTopic("in", consumer);

  @Test
  void shouldTakeAllFromAnOffsetToTheEnd() {
    assertThat(topic.between(new Bound.Offset(20), Optional.empty()))
        .containsExactly(new PartitionRange(0, 20, 100), new PartitionRange(1, 20, 40));
    assertThat(topic.between(new Bound.Offset(60), Optional.empty()))
        .containsExactly(new PartitionRange(0, 60, 100), new PartitionRange(1, 40, 40));
  }

  @Test
  void shouldTakeWhatLiesBetweenTwoTimes() {
    assertThat(topic.between(time(1), Optional.of(time(3))))
        .containsExactly(new PartitionRange(0, 10, 30), new PartitionRange(1, 20, 30));
    assertThat(topic.between(time(9), Optional.of(time(50))))
        .containsExactly(new PartitionRange(0, 90, 100), new PartitionRange(1, 40, 40));
    assertThat(topic.between(time(3), Optional.of(new Bound.Offset(25))))
        .as("nothing, where it would end before it begins")
        .containsExactly(new PartitionRange(0, 30, 30), new PartitionRange(1, 30, 30));
  }

  @Test
  void shouldNotLeaveOutSilentlyWhatIsGone() {
    assertThatThrownBy(() -> topic.between(new Bound.Offset(19), Optional.empty()))
        .isInstanceOf(ReplayException.class)
        .hasMessageStartingWith("--from: 19 (expected: an offset that every partition still has")
        .hasMessageContaining("none before in-1@20");
  }

  @Test
  void shouldSayThatThereIsNoSuchTopic() {
    assertThatThrownBy(
            () -> new InputTopic("on", consumer).between(new Bound.Offset(0), Optional.empty()))
        .isInstanceOf(ReplayException.class)
        .hasMessage("topic on is not there (key: input.topic)");
  }

  @Test
  void shouldReadBounds() {
    assertThat(Bound.parse("42")).isEqualTo(new Bound.Offset(42));
    assertThat(Bound.parse("1970-01-01T00:00:02Z")).isEqualTo(time(2));
    assertThatThrownBy(() -> Bound.parse("-1"))
        .hasMessage("(expected: an offset, or a time such as 2030-01-31T12:00:00Z)");
  }

  private static Bound time(long seconds) {
    return new Bound.Time(Instant.ofEpochSecond(seconds));
  }

  /** Kafka's fake, which does not know of times. */
  private static final class Topic extends MockConsumer<byte[], byte[]> {

    private static final Map<TopicPartition, Long> BEGINS = Map.of(ZERO, 0L, ONE, 20L);
    private static final Map<TopicPartition, Long> ENDS = Map.of(ZERO, 100L, ONE, 40L);

    Topic() {
      super("none");
      Node node = new Node(0, "here", 1);
      Node[] nodes = {node};
      updatePartitions(
          "in",
          List.of(
              new PartitionInfo("in", 1, node, nodes, nodes),
              new PartitionInfo("in", 0, node, nodes, nodes)));
      updateBeginningOffsets(BEGINS);
      updateEndOffsets(ENDS);
    }

    @Override
    public Map<TopicPartition, OffsetAndTimestamp> offsetsForTimes(
        Map<TopicPartition, Long> times) {
      Map<TopicPartition, @Nullable OffsetAndTimestamp> found = new HashMap<>();
      times.forEach((partition, millis) -> found.put(partition, first(partition, millis)));
      return found;
    }

    private static @Nullable OffsetAndTimestamp first(TopicPartition partition, long millis) {
      long offset = Math.max(BEGINS.get(partition), millis / 100);
      return offset < ENDS.get(partition) ? new OffsetAndTimestamp(offset, millis) : null;
    }
  }
}
