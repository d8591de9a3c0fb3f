package io.penstock.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LetterChoiceTest {

  private static final LetterChoice ALL = new LetterChoice("p", Set.of(), Set.of(), Map.of());

  @Test
  void shouldMeanLettersOfThePipelineOnly() {
    assertThat(ALL.matches(Letters.of("p", "MALFORMED", 1, 5))).isTrue();
    assertThat(ALL.matches(Letters.of("q", "MALFORMED", 1, 5))).isFalse();
    assertThat(ALL.isAll()).isTrue();
  }

  @Test
  void shouldMeanLettersThatMeetEveryCondition() {
    LetterChoice choice =
        new LetterChoice("p", Set.of("MALFORMED"), Set.of("1@5", "0@6"), Map.of(1, 4L));

    assertThat(choice.isAll()).isFalse();
    assertThat(choice.matches(Letters.of("p", "MALFORMED", 1, 5))).isTrue();
    assertThat(choice.matches(Letters.of("p", "MALFORMED", 0, 6))).isTrue();
    assertThat(choice.matches(Letters.of("p", "TOO_OLD", 1, 5))).isFalse();
    assertThat(choice.matches(Letters.of("p", "MALFORMED", 1, 6))).isFalse();
  }

  @Test
  void shouldGoOnBehindAnOffsetOfEachPartition() {
    LetterChoice choice = new LetterChoice("p", Set.of(), Set.of(), Map.of(1, 5L));

    assertThat(choice.isAll()).as("a place to go on is no choice").isTrue();
    assertThat(choice.matches(Letters.of("p", "MALFORMED", 1, 5))).isFalse();
    assertThat(choice.matches(Letters.of("p", "MALFORMED", 1, 6))).isTrue();
    assertThat(choice.matches(Letters.of("p", "MALFORMED", 0, 0))).isTrue();
  }
}
