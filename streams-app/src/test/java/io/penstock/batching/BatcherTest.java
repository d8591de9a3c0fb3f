package io.penstock.batching;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.inference.ManualInference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BatcherTest {

  private static final long MILLI = 1_000_000;

  private final ManualInference inference = new ManualInference();
  private final FakeModel model = new FakeModel(1);
  private final VersionBinding version = model.binding();
  private long now;

  @Test
  void shouldComputeTheFirstRecordOfAQuietStreamAtOnce() {
    // given
    Batcher batcher = batcher(4);
    // when
    batcher.add(version, FakeModel.record(7));
    // then
    assertThat(inference.sealed()).isEqualTo(1);
  }

  @Test
  void shouldGatherWhileABatchRuns() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.record(0));
    // when
    for (int i = 1; i <= 3; i++) {
      batcher.add(version, FakeModel.record(i));
    }
    // then
    assertThat(inference.sealed()).isEqualTo(1);
    batcher.add(version, FakeModel.record(4));
    assertThat(inference.sealed()).isEqualTo(2);
    inference.runAll();
    assertThat(model.runs()).containsExactly(1, 4);
  }

  @Test
  void shouldSealWhenTheLingerIsOverThoughABatchRuns() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.record(0));
    batcher.add(version, FakeModel.record(1));
    // when
    now += 4 * MILLI;
    batcher.tick();
    int beforeLinger = inference.sealed();
    now += MILLI;
    batcher.tick();
    // then
    assertThat(beforeLinger).isEqualTo(1);
    assertThat(inference.sealed()).isEqualTo(2);
  }

  @Test
  void shouldGiveTheRowBackWhenARecordDoesNotDecode() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.record(0));
    batcher.add(version, FakeModel.record(1));
    // when
    assertThatThrownBy(() -> batcher.add(version, new byte[3]))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.MALFORMED));
    Batcher.Row row = batcher.add(version, FakeModel.record(2)).orElseThrow();
    // then
    assertThat(row.index()).isEqualTo(1);
  }

  @Test
  void shouldHoldNoLeaseForABatchWhoseOnlyRecordDidNotDecode() {
    // given
    Batcher batcher = batcher(4);
    // when
    assertThatThrownBy(() -> batcher.add(version, new byte[3]))
        .isInstanceOf(UndecodableRecordException.class);
    batcher.sealAll();
    // then
    assertThat(model.leased()).isZero();
    assertThat(inference.sealed()).isZero();
  }

  @Test
  void shouldAskForAnotherVersionWhenTheVersionHasRetired() {
    model.retire();
    assertThat(batcher(4).add(version, FakeModel.record(1))).isEmpty();
  }

  @Test
  void shouldFinishABatchOnTheVersionThatItWasGatheredFor() {
    // given
    Batcher batcher = batcher(8);
    FakeModel second = new FakeModel(2);
    batcher.add(version, FakeModel.record(0));
    Batcher.Row before = batcher.add(version, FakeModel.record(1)).orElseThrow();
    // when
    Batcher.Row after = batcher.add(second.binding(), FakeModel.record(2)).orElseThrow();
    model.retire();
    batcher.sealAll();
    inference.runAll();
    // then
    assertThat(prediction(before)).isEqualTo(1_000_001);
    assertThat(prediction(after)).isEqualTo(2_000_002);
    assertThat(model.leased()).isZero();
  }

  @Test
  void shouldBeFullUntilRowsAreComputed() {
    // given
    Batcher batcher = batcher(2);
    for (int i = 0; i < 8; i++) {
      assertThat(batcher.isFull()).isFalse();
      batcher.add(version, FakeModel.record(i));
    }
    // when
    boolean full = batcher.isFull();
    inference.runAll();
    // then
    assertThat(full).isTrue();
    assertThat(batcher.isFull()).isFalse();
  }

  @Test
  void shouldGiveLeasesBackWhenItAbandons() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.record(0));
    batcher.add(version, FakeModel.record(1));
    // when
    batcher.abandon();
    inference.runAll();
    // then
    assertThat(model.leased()).isZero();
    assertThat(model.runs()).containsExactly(1);
  }

  /** Random arrivals, ticks, seals, runs and version changes against the plain expectation. */
  @Test
  void shouldGiveEveryRowItsOwnOutcomeWhateverTheOrderOfEvents() {
    for (long seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int maxRows = 1 + random.nextInt(6);
      Batcher batcher = batcher(maxRows);
      List<FakeModel> models = new ArrayList<>(List.of(new FakeModel(1)));
      VersionBinding serving = models.get(0).binding();
      List<Expected> expected = new ArrayList<>();
      for (int step = 0; step < 400; step++) {
        switch (random.nextInt(10)) {
          case 0 -> now += random.nextInt(3) * MILLI;
          case 1 -> batcher.tick();
          case 2 -> batcher.sealAll();
          case 3 -> {
            if (random.nextInt(8) == 0) {
              models.add(new FakeModel(models.size() + 1));
              serving = models.get(models.size() - 1).binding();
            }
          }
          case 4, 5 -> {
            if (inference.sealed() > 0) {
              inference.runOne();
            }
          }
          default -> {
            if (!batcher.isFull()) {
              long number = random.nextInt(20) == 0 ? -1 - random.nextInt(9) : random.nextInt(1000);
              Batcher.Row row = batcher.add(serving, FakeModel.record(number)).orElseThrow();
              expected.add(new Expected(row, models.size(), number));
            }
          }
        }
      }
      batcher.sealAll();
      inference.runAll();
      for (Expected e : expected) {
        assertThat(e.holds()).as("seed %s, %s", seed, e).isTrue();
      }
      assertThat(models).as("seed %s", seed).allMatch(m -> m.leased() == 0);
      assertThat(models.stream().flatMap(m -> m.runs().stream()))
          .as("seed %s", seed)
          .allMatch(rows -> rows <= maxRows);
    }
  }

  private record Expected(Batcher.Row row, long version, long number) {

    boolean holds() {
      return number < 0
          ? row.batch().rowFailure(row.index()) != null
              && row.batch().rowFailure(row.index()).reason() == DeadLetterReason.INFERENCE_FAILED
          : prediction(row) == version * 1_000_000 + number;
    }
  }

  private static long prediction(Batcher.Row row) {
    return FakeModel.predicted(row.batch().prediction(row.index()));
  }

  private Batcher batcher(int maxRows) {
    return new Batcher(
        new BatchLimits(maxRows, Duration.ofMillis(5), 4 * maxRows, 1 << 20),
        ByteBudget.unlimited(),
        inference,
        () -> now,
        rows -> {});
  }
}
