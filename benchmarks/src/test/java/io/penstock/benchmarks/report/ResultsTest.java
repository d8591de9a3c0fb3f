package io.penstock.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ResultsTest {

  @Test
  void shouldFindWhatIsMissingInOneRepetitionOfMany() {
    Results results =
        new Results(List.of(counted("a", 1, 0), counted("b", 1, 0), counted("b", 2, 3)));

    assertThat(results.mostMissing(Metric.SENT, Metric.RECEIVED)).isEqualTo(3);
  }

  @Test
  void shouldNotTakeWhatWasNotCountedForComplete() {
    Results results = new Results(List.of(Samples.of("a", 1, Metric.SENT, 10)));

    assertThat(results.mostMissing(Metric.SENT, Metric.RECEIVED)).isNaN();
  }

  private static Measurement counted(String variant, int repetition, double missing) {
    return new Measurement(
        variant,
        "",
        repetition,
        Instant.EPOCH,
        "0.1 0.2 0.3",
        0.1,
        Map.of(Metric.SENT, 10.0, Metric.RECEIVED, 10.0 - missing),
        Optional.empty());
  }
}
