package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class InputIdentityTest {

  private static final TopicPartition PARTITION = new TopicPartition("in", 3);
  private static final OffsetAndMetadata BY_STREAMS =
      new OffsetAndMetadata(7, Optional.of(2), "AgAAAZ3//w==");

  private final InputIdentity former = new InputIdentity("in", Uuid.randomUuid());
  private final InputIdentity input = new InputIdentity("in", Uuid.randomUuid());

  @Test
  void shouldGiveStreamsBackWhatItHasCommitted() {
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(former.stamp(Map.of(PARTITION, BY_STREAMS)));
    TopicPartition without = new TopicPartition("in", 4);
    committed.put(without, null);

    assertThat(committed.get(PARTITION).metadata()).isNotEqualTo(BY_STREAMS.metadata());
    assertThat(input.stamp(former.stamp(Map.of(PARTITION, BY_STREAMS))))
        .as("one id only")
        .isEqualTo(input.stamp(Map.of(PARTITION, BY_STREAMS)));
    assertThat(InputIdentity.unstamp(committed))
        .hasSize(2)
        .containsEntry(PARTITION, BY_STREAMS)
        .containsEntry(without, null);
  }

  @Test
  void shouldSayWhichOffsetsAreOfATopicThatIsNotThereAnyMore() {
    Map<TopicPartition, OffsetAndMetadata> committed = former.stamp(Map.of(PARTITION, BY_STREAMS));

    assertThatThrownBy(() -> input.requireSame("p", "s-p", committed))
        .isInstanceOf(InputLostException.class)
        .hasMessageContainingAll(
            "pipeline p: the input topic in was deleted and created again",
            "its id is " + input.id(),
            "committed: in-3@7 of id " + former.id(),
            "--reset-offsets --group s-p --topic in");
  }

  @Test
  void shouldTakeOffsetsOfTheSameTopicOfOthersAndOfWhoeverHasSetThem() {
    Map<TopicPartition, OffsetAndMetadata> committed =
        new HashMap<>(input.stamp(Map.of(PARTITION, BY_STREAMS)));
    committed.put(new TopicPartition("in", 0), new OffsetAndMetadata(0));
    committed.put(new TopicPartition("in", 1), null);
    committed.putAll(
        new InputIdentity("before", Uuid.randomUuid())
            .stamp(Map.of(new TopicPartition("before", 0), BY_STREAMS)));

    assertThatCode(() -> input.requireSame("p", "s-p", committed)).doesNotThrowAnyException();
  }

  @Test
  void shouldNotKnowOneTopicFromAnotherWhereBrokersDoNotTell() {
    InputIdentity unknown = new InputIdentity("in", Uuid.ZERO_UUID);

    assertThat(unknown.stamp(Map.of(PARTITION, BY_STREAMS))).containsEntry(PARTITION, BY_STREAMS);
    assertThatCode(
            () -> unknown.requireSame("p", "s-p", former.stamp(Map.of(PARTITION, BY_STREAMS))))
        .doesNotThrowAnyException();
  }
}
