package io.penstock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.Deadlines;
import io.penstock.batching.FakeModel;
import io.penstock.batching.Inference;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.inference.schedule.Run;
import io.penstock.model.BatchSizes;
import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class SearchTimeTest {

  private static final Inference.Terms TERMS =
      new Inference.Terms(
          "fakes",
          1,
          BatchSizes.upTo(128),
          Long.MAX_VALUE,
          Inference.NonFinite.PASS,
          BatchPlan.fixed(128, Duration.ZERO),
          Deadlines.of(Duration.ofMillis(7500), "transaction.timeout.ms", Duration.ofSeconds(30)));

  private final VersionBinding version = new FakeModel(2).binding(TERMS);

  @Test
  void shouldObjectToARunThatIsTooSlowForASearch() {
    assertThat(SearchTime.objection(version, Duration.ofMillis(500)))
        .hasValueSatisfying(
            objection ->
                assertThat(objection)
                    .startsWith(
                        "pipeline fakes, version fake/2 (f2): a run of 128 rows takes 500 ms")
                    .contains("16 runs, 8000 ms (expected: at most 7500 ms")
                    .endsWith("Lower batch.rows, or raise transaction.timeout.ms"));
    assertThat(SearchTime.objection(version, Duration.ofMillis(468))).isEmpty();
  }

  @Test
  void shouldNotTakeMoreRunsThanItSays() {
    for (int rows = 1; rows <= 128; rows++) {
      for (int culprit = 0; culprit < rows; culprit++) {
        FakeModel model = new FakeModel(1);
        VersionBinding binding = model.binding();
        RunExecution execution = new RunExecution(pipeline -> new InferenceStatistics(), () -> 0);
        execution.compute(new Run(List.of(SealedBatches.of(binding, 1))));
        long bad = culprit;
        long[] numbers = LongStream.range(0, rows).map(n -> n == bad ? -1 : n).toArray();
        execution.compute(new Run(List.of(SealedBatches.of(binding, numbers))));
        assertThat(model.runs().size() - 1)
            .as("culprit %s of %s", culprit, rows)
            .isLessThanOrEqualTo(SearchTime.runs(rows));
      }
    }
  }
}
