package io.penstock.streams;

import static org.assertj.core.api.Assertions.assertThat;

import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;

class InputWatchTest {

  private final Uuid own = Uuid.randomUuid();
  private final Uuid other = Uuid.randomUuid();
  private final InputWatch watch =
      new InputWatch(
          new InputIdentity("in", own),
          () -> {
            throw new AssertionError("not started");
          },
          admin -> {},
          id -> {});

  @Test
  void shouldBelieveThatThereIsAnotherTopicOnceItIsSeenSeveralTimesInARow() {
    for (int look = 1; look < InputWatch.LOOKS; look++) {
      assertThat(watch.isAnother(other)).as("look %d", look).isFalse();
    }
    assertThat(watch.isAnother(other)).isTrue();
  }

  /** Such as one that does not know yet what the others know, or tells no ids. */
  @Test
  void shouldNotBelieveABrokerThatTheOthersContradict() {
    for (Uuid contradiction : new Uuid[] {own, Uuid.ZERO_UUID}) {
      for (int round = 0; round < 3; round++) {
        for (int look = 1; look < InputWatch.LOOKS; look++) {
          assertThat(watch.isAnother(other)).isFalse();
        }
        assertThat(watch.isAnother(contradiction)).isFalse();
      }
    }
  }
}
