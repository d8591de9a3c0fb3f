package io.penstock.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.benchmarks.report.Measurement;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Results;
import io.penstock.benchmarks.report.Verdict;
import io.penstock.benchmarks.subject.Checkout;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SuitesTest {

  private static final List<String> POINTS = List.of("", "8/s", "500/s", "20 s");

  @TempDir private Path folder;

  static List<String> names() {
    return Suites.all().stream().map(Suite::name).toList();
  }

  @Test
  void shouldHaveNamesOfTheirOwn() {
    assertThat(names()).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("names")
  void shouldHaveVariantsWithNamesOfTheirOwnThatTopicsMayHave(String name) {
    assertThat(variants(Suites.named(name).orElseThrow()))
        .isNotEmpty()
        .doesNotHaveDuplicates()
        .allMatch(variant -> variant.matches("[a-z0-9-]+"));
  }

  @ParameterizedTest
  @MethodSource("names")
  void shouldHaveLimitsOnlyOnWhatTheyMeasure(String name) {
    Suite suite = Suites.named(name).orElseThrow();
    Map<Metric, Double> all =
        Arrays.stream(Metric.values()).collect(Collectors.toMap(metric -> metric, metric -> 1.0));
    Results results =
        new Results(
            variants(suite).stream()
                .flatMap(variant -> POINTS.stream().map(point -> measured(variant, point, all)))
                .toList());

    assertThat(suite.limits())
        .allSatisfy(
            limit ->
                assertThat(limit.judge(results).word())
                    .as(limit.claim())
                    .isNotEqualTo(Verdict.Word.NOT_MEASURED));
  }

  private List<String> variants(Suite suite) {
    Options options =
        new Options(
            true, 1, OptionalLong.empty(), folder, Duration.ofMinutes(1), false, Optional.empty());
    try (Bench bench = new Bench(new Checkout(Path.of("..")), options, folder)) {
      return Stream.of(suite).flatMap(s -> s.variants(bench).stream()).map(Variant::name).toList();
    }
  }

  private static Measurement measured(String variant, String point, Map<Metric, Double> metrics) {
    return new Measurement(variant, point, 1, Instant.EPOCH, "", 0, metrics, Optional.empty());
  }
}
