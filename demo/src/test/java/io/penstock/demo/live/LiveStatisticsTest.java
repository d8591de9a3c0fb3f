package io.penstock.demo.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.demo.check.Accuracy;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class LiveStatisticsTest {

  private static final long SECOND = 1_000_000_000L;

  private final LiveStatistics statistics = new LiveStatistics(0);

  @Test
  void shouldCountOutcomesAndRememberTheFirst() {
    // when
    statistics.addPrediction(1_000, 1_060, 1, true);
    statistics.addPrediction(1_002, 1_062, 1, false);
    statistics.addDeadLetter(1_004, 1_204);
    statistics.addPrediction(1_006, 1_066, 2, true);

    // then
    assertThat(statistics.out()).isEqualTo(4);
    assertThat(statistics.firstAtMillis()).isEqualTo(OptionalLong.of(1_060));
    assertThat(statistics.predictions(1)).isEqualTo(2);
    assertThat(statistics.predictions(3)).isZero();
    Snapshot now = statistics.snapshot(Duration.ZERO, 2 * SECOND, 5, OptionalDouble.empty());
    assertThat(now.serving()).isEqualTo(OptionalLong.of(2));
    assertThat(now.perSecond()).isEqualTo(2);
    assertThat(now.p50Millis()).isEqualTo(60);
    assertThat(now.p99Millis()).isEqualTo(200);
    assertThat(now.accuracy())
        .containsExactly(Map.entry(1L, new Accuracy(1, 2)), Map.entry(2L, new Accuracy(1, 1)));
  }

  @Test
  void shouldTakeTheRateOverASecondAtLeast() {
    // given
    statistics.addDeadLetter(0, 0);
    statistics.snapshot(Duration.ZERO, SECOND, 1, OptionalDouble.empty());

    // when
    statistics.addDeadLetter(0, 0);
    Snapshot soon =
        statistics.snapshot(Duration.ZERO, SECOND + SECOND / 2, 2, OptionalDouble.empty());
    Snapshot later = statistics.snapshot(Duration.ZERO, 3 * SECOND, 2, OptionalDouble.empty());

    // then
    assertThat(soon.perSecond()).isEqualTo(1);
    assertThat(later.perSecond()).isEqualTo(0.5);
  }

  @Test
  void shouldBeShownAsALine() {
    // given
    statistics.addPrediction(0, 60, 1, true);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PlainScreen screen = new PlainScreen(new PrintStream(bytes, false, StandardCharsets.UTF_8));

    // when
    screen.show(statistics.snapshot(Duration.ofSeconds(3), SECOND, 7, OptionalDouble.of(12.34)));
    screen.close();

    // then
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .isEqualToNormalizingNewlines(
            "  3 s  in 7  out 1  1/s  p50 60 ms  p99 60 ms  batch 12.3  serving 1  accuracy version 1: 100.0 %\n");
  }
}
