package io.penstock.batching.auto;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PaceTest {

  @Test
  void shouldRestForAsLongAsTheInputHadBeenSteady() {
    Pace pace = Pace.of(0).changed(seconds(10));

    assertThat(pace.mayChange(seconds(19))).isFalse();
    assertThat(pace.mayChange(seconds(20))).isTrue();
  }

  @Test
  void shouldRestForAMinuteAtMostAndTwoSecondsAtLeast() {
    Pace atOnce = Pace.of(0).changed(0);
    Pace late = Pace.of(0).changed(seconds(3_600));

    assertThat(atOnce.mayChange(seconds(1))).isFalse();
    assertThat(atOnce.mayChange(seconds(2))).isTrue();
    assertThat(late.mayChange(seconds(3_659))).isFalse();
    assertThat(late.mayChange(seconds(3_660))).isTrue();
  }

  @Test
  void shouldBeginAnewOnceTheRateHasBeenAnotherForSeconds() {
    Pace pace = Pace.of(0).after(load(5, 5, 100)).changed(seconds(100));

    Pace soon = pace.after(load(101, 1, 160));
    Pace later = soon.after(load(102, 1, 160));

    assertThat(soon.mayChange(seconds(103))).isFalse();
    assertThat(later.mayChange(seconds(103))).isTrue();
  }

  @Test
  void shouldNotTakeNoiseForAnotherRate() {
    Pace pace = Pace.of(0).after(load(5, 5, 100)).changed(seconds(100));

    Pace after = pace.after(load(110, 10, 149)).after(load(120, 10, 67));

    assertThat(after.mayChange(seconds(120))).isFalse();
  }

  private static Load load(int atSeconds, int stepSeconds, double rate) {
    Load.Observation seen = new Load.Observation(seconds(atSeconds), 0, 0, 0, true);
    return new Load(seen, seconds(stepSeconds), seconds(atSeconds), rate, rate, 0, 0);
  }

  private static long seconds(int seconds) {
    return TimeUnit.SECONDS.toNanos(seconds);
  }
}
