package io.penstock.inference;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.Batch;
import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.model.ModelRunException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class CulpritSearchTest {

  private final ManualInference inference = new ManualInference();
  private final FakeModel model = new FakeModel(1);
  private final Batcher batcher =
      new Batcher(
          new BatchLimits(128, Duration.ofMillis(5), 512, 1 << 20),
          InFlightBudget.unlimited(),
          inference,
          () -> 0L,
          reason -> {});

  @Test
  void shouldFailOnePoisonousRowAloneInAboutTwiceTheLogarithmOfRuns() {
    // given
    List<Batcher.Row> rows = batchOf128(77);
    // when
    inference.runAll();
    // then
    for (int i = 0; i < 128; i++) {
      Batcher.Row row = rows.get(i);
      if (i == 77) {
        assertThat(row.batch().rowFailure(i).reason()).isEqualTo(DeadLetterReason.INFERENCE_FAILED);
        assertThat(row.batch().rowFailure(i).message()).contains("refuses -77");
      } else {
        assertThat(FakeModel.predicted(row.batch().prediction(i))).isEqualTo(1_000_000 + i);
      }
    }
    assertThat(model.runs())
        .as("the batch, the search, and once more to be sure")
        .hasSizeLessThanOrEqualTo(1 + 2 * 7 + 1)
        .allMatch(size -> size == 128);
  }

  @Test
  void shouldFailEveryPoisonousRowAndNoOther() {
    // given
    List<Batcher.Row> rows = batchOf128(1, 2, 3, 60, 127);
    // when
    inference.runAll();
    // then
    assertThat(rows.stream().filter(r -> r.batch().rowFailure(r.index()) != null))
        .extracting(Batcher.Row::index)
        .containsExactly(1, 2, 3, 60, 127);
  }

  @Test
  void shouldBlameTheRecordWhenItIsAloneInItsBatch() {
    // given
    VersionBinding version = model.binding();
    Batcher.Row row = requireNonNull(batcher.add(version, FakeModel.input(-5)));
    batcher.sealAll();
    // when
    inference.runAll();
    // then
    assertThat(row.batch().failure()).isNull();
    assertThat(row.batch().rowFailure(0).reason()).isEqualTo(DeadLetterReason.INFERENCE_FAILED);
  }

  @Test
  void shouldBlameNobodyForARunThatFailsByChance() {
    // given
    VersionBinding version = model.binding();
    Batcher.Row row = requireNonNull(batcher.add(version, FakeModel.input(5)));
    batcher.sealAll();
    model.failOnce();
    // when
    inference.runAll();
    // then
    assertThat(row.batch().failure()).isNull();
    assertThat(row.batch().rowFailure(0)).isNull();
    assertThat(FakeModel.predicted(row.batch().prediction(0))).isEqualTo(1_000_005);
  }

  /** Rows are blamed for failures at random only if five in a row meet them. */
  @Test
  void shouldHardlyEverBlameARowOfAModelThatFailsAtRandom() {
    Random random = new Random(20261123);
    int blamed = 0;
    for (int round = 0; round < 300; round++) {
      // given
      Batch batch = SealedBatches.of(model.binding(), LongStream.range(0, 128).toArray());
      model.beforeRun(
          () -> {
            if (random.nextInt(10) == 0) {
              FakeModel.failByChance();
            }
          });
      // when
      inference.submit(batch);
      inference.runAll();
      // then
      if (batch.failure() == null) {
        blamed +=
            (int) IntStream.range(0, 128).filter(row -> batch.rowFailure(row) != null).count();
      }
    }
    assertThat(blamed).isZero();
  }

  @Test
  void shouldBlameTheModelWhenGoodRowsFailToo() {
    // given
    List<Batcher.Row> rows = batchOf128();
    model.breakDown();
    // when
    inference.runAll();
    // then
    assertThat(rows.get(0).batch().failure()).isInstanceOf(ModelRunException.class);
    assertThat(model.leased()).isZero();
  }

  private List<Batcher.Row> batchOf128(int... poisonous) {
    VersionBinding version = model.binding();
    batcher.add(version, FakeModel.input(1));
    List<Batcher.Row> rows = new ArrayList<>();
    for (int i = 0; i < 128; i++) {
      int index = i;
      boolean poison = java.util.Arrays.stream(poisonous).anyMatch(p -> p == index);
      rows.add(requireNonNull(batcher.add(version, FakeModel.input(poison ? -i : i))));
    }
    inference.runOne();
    model.runs().clear();
    return rows;
  }
}
