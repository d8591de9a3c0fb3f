package io.penstock.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LimitTest {

  private static final Limit RATIO =
      Limit.atLeast(0.8, "", "a ÷ b", r -> r.median("a", Metric.RATE) / r.median("b", Metric.RATE));

  @Test
  void shouldHoldByTheRatioOfMedians() {
    Results results =
        new Results(
            List.of(
                Samples.of("a", 1, Metric.RATE, 80),
                Samples.of("a", 2, Metric.RATE, 90),
                Samples.of("a", 3, Metric.RATE, 10),
                Samples.of("b", 1, Metric.RATE, 100)));

    assertThat(RATIO.judge(results))
        .isEqualTo(new Verdict("a ÷ b", 0.8, "≥ 0.80", Verdict.Word.HOLDS));
  }

  @Test
  void shouldBeMissedBelowWhatIsExpected() {
    Results results =
        new Results(
            List.of(Samples.of("a", 1, Metric.RATE, 79), Samples.of("b", 1, Metric.RATE, 100)));

    assertThat(RATIO.judge(results).word()).isEqualTo(Verdict.Word.MISSED);
  }

  @Test
  void shouldBeMissedAboveWhatIsAllowed() {
    Limit limit = Limit.atMost(10, " ms", "p99", r -> r.median("a", Metric.P99_MILLIS));
    Results results = new Results(List.of(Samples.of("a", 1, Metric.P99_MILLIS, 10.5)));

    assertThat(limit.judge(results))
        .isEqualTo(new Verdict("p99", 10.5, "≤ 10.0 ms", Verdict.Word.MISSED));
  }

  @Test
  void shouldSayWhatWasNotMeasured() {
    Results results = new Results(List.of(Samples.of("a", 1, Metric.RATE, 79)));

    assertThat(RATIO.judge(results))
        .isEqualTo(new Verdict("a ÷ b", null, "≥ 0.80", Verdict.Word.NOT_MEASURED));
  }
}
