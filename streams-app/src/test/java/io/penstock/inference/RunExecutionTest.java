package io.penstock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.Batch;
import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.KnownRows;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.codec.DeadLetterReason;
import io.penstock.inference.InferenceStatistics.Stage;
import io.penstock.inference.schedule.Run;
import io.penstock.model.BatchSizes;
import io.penstock.model.ModelRunException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class RunExecutionTest {

  private final InferenceStatistics statistics = new InferenceStatistics();
  private final RunExecution execution = new RunExecution(pipeline -> statistics, () -> 0);
  private final FakeModel model = new FakeModel(1);
  private final VersionBinding version = model.binding();

  @Test
  void shouldGiveEveryBatchOfARunItsOwnRows() {
    // given
    Batch first = SealedBatches.of(version, 1, 2, 3);
    Batch second = SealedBatches.of(version, 4);
    Batch third = SealedBatches.of(version, 5, 6);
    // when
    execution.compute(new Run(List.of(first, second, third)));
    // then
    assertThat(model.runs()).containsExactly(6);
    assertThat(predictions(first)).containsExactly(1L, 2L, 3L);
    assertThat(predictions(second)).containsExactly(4L);
    assertThat(predictions(third)).containsExactly(5L, 6L);
    assertThat(statistics.runs()).isEqualTo(1);
    assertThat(statistics.batches()).isEqualTo(3);
    assertThat(statistics.rows()).isEqualTo(6);
    assertThat(model.leased()).isZero();
  }

  @Test
  void shouldFindWhatWasCopiedOfEveryRowsRecord() {
    Run run = new Run(List.of(SealedBatches.of(version, 1, 2, 3), SealedBatches.of(version, 4, 5)));

    assertThat(IntStream.range(0, 5).mapToObj(row -> run.copied(row)[0]))
        .containsExactly((byte) 1, (byte) 2, (byte) 3, (byte) 4, (byte) 5);
  }

  @Test
  void shouldBlameTheOneBadRowOfAllTheBatchesOfARun() {
    // given
    Batch first = SealedBatches.of(version, 1, 2, 3);
    Batch second = SealedBatches.of(version, 4, -5, 6);
    // when
    execution.compute(new Run(List.of(first, second)));
    // then
    assertThat(predictions(first)).containsExactly(1L, 2L, 3L);
    assertThat(second.rowFailure(1).reason()).isEqualTo(DeadLetterReason.INFERENCE_FAILED);
    assertThat(FakeModel.predicted(second.prediction(2))).isEqualTo(1_000_006);
    assertThat(model.runs()).allMatch(rows -> rows == 6);
  }

  @Test
  void shouldPadUpToTheNextAllowedSize() {
    // given
    VersionBinding padded = model.binding(terms(new BatchSizes(8, List.of(1, 4, 8))));
    Batch first = SealedBatches.of(padded, 1, 2, 3);
    Batch second = SealedBatches.of(padded, 4, 5);
    Batch alone = SealedBatches.of(padded, 6, -7);
    // when
    execution.compute(new Run(List.of(first, second)));
    execution.compute(new Run(List.of(alone)));
    // then
    assertThat(model.runs().get(0)).isEqualTo(8);
    assertThat(model.runs().stream().skip(1)).isNotEmpty().allMatch(rows -> rows == 4);
    assertThat(predictions(first)).containsExactly(1L, 2L, 3L);
    assertThat(predictions(second)).containsExactly(4L, 5L);
    assertThat(FakeModel.predicted(alone.prediction(0))).isEqualTo(1_000_006);
    assertThat(alone.rowFailure(1)).isNotNull();
    assertThat(statistics.paddingRows()).isEqualTo(3 + 2);
  }

  @Test
  void shouldSayWhereTheTimeOfARunGoes() {
    // given
    AtomicLong ticks = new AtomicLong();
    Map<Stage, Long> stages = new EnumMap<>(Stage.class);
    AtomicLong all = new AtomicLong();
    statistics.tell(
        new InferenceStatistics.Listener() {
          @Override
          public void passed(Stage stage, long nanos) {
            stages.merge(stage, nanos, Long::sum);
          }

          @Override
          public void ran(int rows, long nanos) {
            all.set(nanos);
          }
        });
    // when
    new RunExecution(pipeline -> statistics, ticks::incrementAndGet)
        .compute(new Run(List.of(SealedBatches.of(version, 1, 2))));
    // then: a tick of the clock for each
    assertThat(stages).containsEntry(Stage.LAY_OUT, 1L).containsEntry(Stage.MODEL, 1L);
    assertThat(stages.get(Stage.LAY_OUT) + stages.get(Stage.MODEL) + stages.get(Stage.ENCODE))
        .isEqualTo(all.get());
    assertThat(stages).containsKeys(Stage.GATHER, Stage.QUEUE);
  }

  @Test
  void shouldRunHalvesWhenMemoryIsShort() {
    // given
    model.limitMemory(2);
    Batch first = SealedBatches.of(version, 1, 2, 3);
    Batch second = SealedBatches.of(version, 4, 5);
    // when
    execution.compute(new Run(List.of(first, second)));
    // then
    assertThat(model.runs()).containsExactly(5, 3, 2, 1, 2);
    assertThat(predictions(first)).containsExactly(1L, 2L, 3L);
    assertThat(predictions(second)).containsExactly(4L, 5L);
    assertThat(statistics.rows()).isEqualTo(5);
    assertThat(statistics.batches()).isEqualTo(2);
  }

  @Test
  void shouldFailTheBatchesWhenThereIsNoMemoryForTheLeastEither() {
    // given
    model.limitMemory(0);
    Batch batch = SealedBatches.of(version, 1, 2, 3);
    // when
    execution.compute(new Run(List.of(batch)));
    // then
    assertThat(batch.failure())
        .isInstanceOf(ModelRunException.class)
        .hasMessageContaining("too little memory for a run of 1 rows")
        .hasMessageContaining("Lower batch.rows");
    assertThat(model.leased()).isZero();
  }

  @Test
  void shouldEndASearchThatNobodyWaitsFor() {
    // given
    List<Batcher.Row> rows = new ArrayList<>();
    ManualInference inference = new ManualInference();
    Batcher batcher =
        new Batcher(
            new BatchLimits(8, Duration.ofMillis(5), 64, 1 << 20),
            InFlightBudget.unlimited(),
            inference,
            () -> 0L,
            reason -> {});
    for (long number : new long[] {1, -2, -3, 4, -5, 6, 7, -8, -9}) {
      rows.add(Objects.requireNonNull(batcher.add(version, FakeModel.input(number))));
    }
    inference.runOne();
    model.runs().clear();
    model.beforeRun(
        () -> {
          if (model.runs().size() == 3) {
            batcher.abandon();
          }
        });
    // when
    inference.runAll();
    // then
    assertThat(model.runs()).hasSize(3);
    assertThat(model.leased()).isZero();
  }

  @Test
  void shouldNotHalveWhatHasOneSizeOnly() {
    // given
    model.limitMemory(2);
    VersionBinding fixed = model.binding(terms(new BatchSizes(4, List.of(4))));
    Batch batch = SealedBatches.of(fixed, 1, 2, 3);
    // when
    execution.compute(new Run(List.of(batch)));
    // then
    assertThat(model.runs()).containsExactly(4);
    assertThat(batch.failure()).isInstanceOf(ModelRunException.class);
  }

  @Test
  void shouldStopWhenAVersionRefusesEverythingFromTheBeginning() {
    // given
    List<Batch> batches = new ArrayList<>();
    // when
    for (int i = 0; i < KnownRows.MAX_REFUSED_AT_FIRST; i++) {
      Batch batch = SealedBatches.of(version, -1);
      batches.add(batch);
      execution.compute(new Run(List.of(batch)));
    }
    // then
    Batch last = batches.remove(batches.size() - 1);
    assertThat(batches).allMatch(batch -> batch.rowFailure(0) != null && batch.failure() == null);
    assertThat(last.failure())
        .isInstanceOf(VersionQuarantinedException.class)
        .hasMessageContaining("has refused each of the first 16 records");
    assertThat(version.quarantine()).isSameAs(last.failure());
  }

  @Test
  void shouldRunAVersionOnWhereEachRowIsSomebodyElses() {
    // given
    VersionBinding forRequests = model.binding(FakeModel.termsOfRequests("requests/fake", 4));
    // when
    for (int i = 0; i < KnownRows.MAX_REFUSED_AT_FIRST + 1; i++) {
      execution.compute(new Run(List.of(SealedBatches.of(forRequests, -1))));
    }
    // then
    assertThat(forRequests.quarantine()).isNull();
  }

  @Test
  void shouldMakeNoMoreDeadLettersOfABrokenVersionHoweverManyThreadsRunIt() {
    // given
    List<RunExecution> threads = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      threads.add(new RunExecution(pipeline -> statistics, () -> 0));
    }
    int deadLetters = 0;
    // when
    for (int i = 0; version.quarantine() == null; i++) {
      Batch batch = SealedBatches.of(version, -1);
      threads.get(i % threads.size()).compute(new Run(List.of(batch)));
      deadLetters += batch.failure() == null ? 1 : 0;
    }
    // then
    assertThat(deadLetters).isEqualTo(KnownRows.MAX_REFUSED_AT_FIRST - 1);
  }

  @Test
  void shouldMaskWithARowThatAnotherThreadHasComputed() {
    // given
    RunExecution other = new RunExecution(pipeline -> statistics, () -> 0);
    other.compute(new Run(List.of(SealedBatches.of(version, 1))));
    model.runs().clear();
    Batch batch = SealedBatches.of(version, 1, 2, 3, -4);
    // when
    execution.compute(new Run(List.of(batch)));
    // then: all, the first half, the fourth, which is twice to blame; no run of zeros
    assertThat(batch.rowFailure(3)).isNotNull();
    assertThat(model.runs()).hasSize(5);
  }

  @Test
  void shouldGoOnMakingDeadLettersOnceTheVersionHasComputedARecord() {
    // given
    execution.compute(new Run(List.of(SealedBatches.of(version, 1))));
    Batch bad = SealedBatches.of(version, LongStream.range(-100, 0).toArray());
    // when
    execution.compute(new Run(List.of(bad)));
    // then
    assertThat(bad.failure()).isNull();
    assertThat(version.quarantine()).isNull();
    for (int row = 0; row < 100; row++) {
      assertThat(bad.rowFailure(row)).isNotNull();
    }
  }

  @Test
  void shouldChangeNothingWhenARunIsGivenUpOnBeforeItReturns() {
    // given
    Batch batch = SealedBatches.of(version, 1, 2);
    Run run = new Run(List.of(batch));
    IllegalStateException reason = new IllegalStateException("too late");
    List<Integer> leasedWhenGivenUpOn = new ArrayList<>();
    model.beforeRun(
        () -> {
          run.giveUp(reason);
          leasedWhenGivenUpOn.add(model.leased());
        });
    // when
    execution.compute(run);
    // then
    assertThat(batch.failure()).isSameAs(reason);
    assertThat(leasedWhenGivenUpOn).containsExactly(1);
    assertThat(model.leased()).isZero();
  }

  /** Any split into batches, any allowed sizes, any culprits: each row gets what it would alone. */
  @Test
  void shouldComputeEveryRowAsIfItWereAlone() {
    for (long seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      BatchSizes sizes =
          random.nextBoolean() ? BatchSizes.upTo(64) : new BatchSizes(64, List.of(1, 7, 20, 64));
      VersionBinding binding = new FakeModel(1).binding(terms(sizes));
      List<Batch> batches = new ArrayList<>();
      List<long[]> numbers = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(4); i++) {
        int badOneIn = 1 + random.nextInt(20);
        long[] row =
            random
                .longs(1 + random.nextInt(16), 1, 1000)
                .map(number -> random.nextInt(badOneIn) == 1 ? -number : number)
                .toArray();
        numbers.add(row);
        batches.add(SealedBatches.of(binding, row));
      }
      execution.compute(new Run(batches));
      for (int i = 0; i < batches.size(); i++) {
        for (int row = 0; row < numbers.get(i).length; row++) {
          long number = numbers.get(i)[row];
          byte[] prediction = batches.get(i).prediction(row);
          assertThat(prediction == null).as("seed %s, %s", seed, number).isEqualTo(number < 0);
          if (prediction != null) {
            assertThat(FakeModel.predicted(prediction))
                .as("seed %s", seed)
                .isEqualTo(1_000_000 + number);
          }
        }
      }
    }
  }

  private static Inference.Terms terms(BatchSizes sizes) {
    return FakeModel.terms("fakes", 1, sizes);
  }

  private static List<Long> predictions(Batch batch) {
    List<Long> predictions = new ArrayList<>();
    for (int row = 0; row < batch.rows(); row++) {
      predictions.add(FakeModel.predicted(batch.prediction(row)) - 1_000_000);
    }
    return predictions;
  }
}
