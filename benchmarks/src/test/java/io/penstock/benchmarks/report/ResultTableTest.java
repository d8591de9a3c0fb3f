package io.penstock.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ResultTableTest {

  @Test
  void shouldShowMediansAndOfTheFirstMetricTheEdges() {
    Results results =
        new Results(
            List.of(
                Samples.of("pass", 1, Metric.RATE, 1000),
                Samples.of("pass", 2, Metric.RATE, 3000),
                Samples.of("pass", 3, Metric.RATE, 2000),
                Samples.of("pass", 1, Metric.CPU, 1.234)));

    assertThat(ResultTable.of(results, List.of(Metric.RATE, Metric.CPU)).lines().map(String::strip))
        .containsExactly(
            "variant | records/s |   min |   max | CPU µs/record",
            "---------+-----------+-------+-------+---------------",
            "pass    |     2,000 | 1,000 | 3,000 |          1.23");
  }

  @Test
  void shouldTellPointsApart() {
    Results results =
        new Results(
            List.of(
                Samples.of("pass", "8/s", 1, Metric.P99_MILLIS, 1),
                Samples.of("pass", "500/s", 1, Metric.P99_MILLIS, 2)));

    assertThat(ResultTable.of(results, List.of(Metric.P99_MILLIS)))
        .contains("pass @ 8/s", "pass @ 500/s");
  }

  @Test
  void shouldThinOutATimeline() {
    List<String> points = IntStream.rangeClosed(1, 64).mapToObj(String::valueOf).toList();

    assertThat(ResultTable.shown(points)).hasSizeBetween(8, 15).endsWith("64");
    assertThat(ResultTable.shown(List.of("8/s", "500/s"))).containsExactly("8/s", "500/s");
    assertThat(ResultTable.shown(List.of())).isEmpty();
  }

  @Test
  void shouldLeaveOutWhatFailed() {
    Results results =
        new Results(List.of(Samples.failed("a", "too slow"), Samples.of("b", 1, Metric.RATE, 1)));

    assertThat(ResultTable.of(results, List.of(Metric.RATE)).lines().map(String::strip))
        .noneMatch(line -> line.startsWith("a "));
    assertThat(results.failures()).extracting(Measurement::variant).containsExactly("a");
  }

  @Test
  void shouldShowVerdicts() {
    assertThat(
            ResultTable.of(List.of(new Verdict("rate", null, "≥ 0.80", Verdict.Word.NOT_MEASURED))))
        .contains("rate", "–", "≥ 0.80", "NOT MEASURED");
  }
}
