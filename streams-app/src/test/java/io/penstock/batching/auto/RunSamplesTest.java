package io.penstock.batching.auto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class RunSamplesTest {

  private static final TuningLimits LIMITS = TuningLimits.upTo(100, Duration.ofMillis(20), 1, 1);

  private final RunSamples samples = new RunSamples(LIMITS);

  @Test
  void shouldKnowNothingBeforeARun() {
    assertThat(samples.curve().isKnown()).isFalse();
    assertThat(samples.curve().nanos(1)).isInfinite();
    assertThat(samples.curve().nanosPerRow(0)).isInfinite();
  }

  @Test
  void shouldNotMindOneRunThatTakesAHundredTimesAsLong() {
    for (int run = 0; run < 9; run++) {
      samples.ran(1, 8, run == 4 ? 100_000 : 1_000);
    }

    assertThat(samples.curve().nanos(8)).isEqualTo(1_000);
  }

  @Test
  void shouldDrawStraightLinesBetweenSizesAndAssumeTheWorstBeyond() {
    samples.ran(1, 4, 1_000);
    samples.ran(1, 32, 2_400);

    RunCurve curve = samples.curve();

    assertThat(curve.nanos(1)).isEqualTo(1_000);
    assertThat(curve.nanos(18)).isCloseTo(1_700, within(1e-6));
    assertThat(curve.nanos(64)).isEqualTo(4_800);
  }

  @Test
  void shouldForgetTheLastRunsOfASizeForNewOnes() {
    for (int run = 0; run < 10 * RunSamples.WINDOW; run++) {
      samples.ran(1, 8, run < 9 * RunSamples.WINDOW ? 1_000 : 3_000);
    }

    assertThat(samples.curve().nanos(8)).isEqualTo(3_000);
  }

  @Test
  void shouldForgetAVersionWhenAnotherServesAndIgnoreItsStragglers() {
    samples.ran(1, 8, 1_000);
    samples.ran(2, 16, 9_000);
    samples.ran(1, 8, 1_000);

    RunCurve curve = samples.curve();

    assertThat(curve.epoch()).isEqualTo(2);
    assertThat(curve.nanos(8)).isEqualTo(9_000);
  }

  @Test
  void shouldCountARunForTheNearestSize() {
    assertThat(LIMITS.sizes()).containsExactly(1, 2, 4, 8, 16, 32, 64, 100);
    assertThat(LIMITS.nearest(1)).isZero();
    assertThat(LIMITS.nearest(5)).isEqualTo(2);
    assertThat(LIMITS.nearest(6)).isEqualTo(3);
    assertThat(LIMITS.nearest(90)).isEqualTo(7);
    assertThat(LIMITS.nearest(Integer.MAX_VALUE)).isEqualTo(7);
  }
}
