package io.penstock.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.control.PromotionCounts.Step;
import io.penstock.schemas.ModelDecision;
import io.penstock.schemas.Phase;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromotionCountsTest {

  private final PromotionCounts counts = new PromotionCounts();

  @Test
  void shouldCountAPromotionFromItsBeginToItsEnd() {
    // when
    counts.note(decision(3, Phase.PREPARE));
    counts.note(decision(3, Phase.ACTIVE));
    counts.note(decision(8, Phase.PREPARE));
    counts.note(decision(8, Phase.ABORTED));
    // then: begun, activated, aborted
    assertThat(all()).containsExactly(2L, 1L, 1L);
  }

  @Test
  void shouldNotCountADecisionThatRepeatsWhatIsKnown() {
    // given
    counts.begin(decision(3, Phase.ACTIVE));
    // when
    counts.note(decision(3, Phase.ACTIVE));
    // then
    assertThat(all()).containsExactly(0L, 0L, 0L);
  }

  @Test
  void shouldCountWhatBeganAndEndedUnseen() {
    // given
    counts.begin(decision(3, Phase.ACTIVE));
    // when
    counts.note(decision(8, Phase.ABORTED));
    // then
    assertThat(all()).containsExactly(1L, 0L, 1L);
  }

  @Test
  void shouldCountEachModelForItself() {
    // when
    counts.note(decision(3, Phase.PREPARE));
    // then
    assertThat(counts.count("other", Step.BEGUN)).isZero();
  }

  private List<Long> all() {
    return Arrays.stream(Step.values()).map(step -> counts.count("digits", step)).toList();
  }

  private static ModelDecision decision(long epoch, Phase phase) {
    return ModelDecision.newBuilder()
        .setModel("digits")
        .setPhase(phase)
        .setEpoch(epoch)
        .setTime(Instant.EPOCH)
        .setTimeline(List.of())
        .setGivenUp(List.of())
        .setProtocolLevel(1)
        .build();
  }
}
