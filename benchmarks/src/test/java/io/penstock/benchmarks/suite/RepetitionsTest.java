package io.penstock.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.benchmarks.report.Measurement;
import io.penstock.benchmarks.report.Metric;
import io.penstock.benchmarks.report.Reading;
import io.penstock.benchmarks.report.Results;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RepetitionsTest {

  @TempDir private Path folder;

  private final List<String> order = new ArrayList<>();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @Test
  void shouldAlternateAndTurnRoundEverySecondTime() {
    run(List.of(variant("a"), variant("b"), variant("c")), 3);

    assertThat(order).containsExactly("a", "b", "c", "c", "b", "a", "a", "b", "c");
  }

  @Test
  void shouldKeepResultsInTheVariantsOrder() {
    Results results = run(List.of(variant("a"), variant("b")), 2);

    assertThat(results.variants()).containsExactly("a", "b");
    assertThat(results.statistics("b", "", Metric.RATE).count()).isEqualTo(2);
  }

  @Test
  void shouldGoOnAfterAFailure() {
    Variant broken =
        new Variant(
            "broken",
            Map.of(),
            trial -> {
              throw new IllegalStateException("it ended");
            });

    Results results = run(List.of(broken, variant("a")), 1);

    assertThat(results.failures())
        .extracting(Measurement::variant, failure -> failure.failure().orElseThrow())
        .containsExactly(org.assertj.core.groups.Tuple.tuple("broken", "it ended"));
    assertThat(results.median("a", Metric.RATE)).isEqualTo(1);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("FAILED: it ended");
  }

  @Test
  void shouldLeaveNoFoldersOfTrials() {
    run(List.of(variant("a")), 2);

    assertThat(folder).isEmptyDirectory();
  }

  private Results run(List<Variant> variants, int repetitions) {
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    try (Progress progress = new Progress(out, variants.size() * repetitions, false)) {
      return new Repetitions(progress, folder, folder).run("suite", variants, repetitions);
    }
  }

  private Variant variant(String name) {
    return new Variant(
        name,
        Map.of(),
        trial -> {
          order.add(name);
          return List.of(new Reading("", Map.of(Metric.RATE, 1.0)));
        });
  }
}
