package io.penstock.batching;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.inference.ManualInference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatcherTest {

  private static final long MILLI = 1_000_000;

  private final ManualInference inference = new ManualInference();
  private final FakeModel model = new FakeModel(1);
  private final VersionBinding version = model.binding();
  private final List<SealReason> reasons = new ArrayList<>();
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
    Batcher.Row row = requireNonNull(batcher.add(version, FakeModel.record(2)));
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
    assertThat(batcher(4).add(version, FakeModel.record(1))).isNull();
  }

  @Test
  void shouldFinishABatchOnTheVersionThatItWasGatheredFor() {
    // given
    Batcher batcher = batcher(8);
    FakeModel second = new FakeModel(2);
    batcher.add(version, FakeModel.record(0));
    Batcher.Row before = requireNonNull(batcher.add(version, FakeModel.record(1)));
    // when
    Batcher.Row after = requireNonNull(batcher.add(second.binding(), FakeModel.record(2)));
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

  @Test
  void shouldSealBeforeABatchHoldsMoreBytesThanItMay() {
    // given room for three numbers of eight bytes
    Batcher batcher = batcher(limits(100, 3 * Long.BYTES + 7), ByteBudget.unlimited());
    batcher.add(version, FakeModel.record(0));
    // when
    for (int i = 0; i < 7; i++) {
      batcher.add(version, FakeModel.record(i));
    }
    batcher.sealAll();
    inference.runAll();
    // then
    assertThat(model.runs()).containsExactly(1, 3, 3, 1);
  }

  @Test
  void shouldRunARowAloneThatIsLargerThanABatchMayBe() {
    // given
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding binding = open.binding(FakeModel.TOKENS_PADDED);
    Batcher batcher = batcher(limits(100, 100), ByteBudget.unlimited());
    batcher.add(binding, FakeModel.record(0, 1, 1));
    // when
    batcher.add(binding, FakeModel.record(1, 2, 1));
    batcher.add(binding, FakeModel.record(2, 60, 1));
    batcher.add(binding, FakeModel.record(3, 2, 1));
    batcher.sealAll();
    inference.runAll();
    // then
    assertThat(open.runs()).containsExactly(1, 1, 1, 1);
  }

  @Test
  void shouldPutRowsOfDifferingLengthsIntoOneBatchWherePaddingIsSet() {
    // given
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding binding = open.binding(FakeModel.TOKENS_PADDED);
    Batcher batcher = batcher(8);
    batcher.add(binding, FakeModel.record(0, 1, 1));
    // when
    List<Batcher.Row> rows = new ArrayList<>();
    for (int tokens : new int[] {3, 0, 9, 5}) {
      rows.add(requireNonNull(batcher.add(binding, FakeModel.record(tokens, tokens, 1))));
    }
    Batcher.Row otherPixels = requireNonNull(batcher.add(binding, FakeModel.record(7, 3, 2)));
    batcher.sealAll();
    inference.runAll();
    // then
    assertThat(open.runs()).containsExactly(1, 4, 1);
    assertThat(rows)
        .extracting(BatcherTest::prediction)
        .map(p -> p - 1_000_000)
        .containsExactly(3L, 0L, 9L, 5L);
    assertThat(prediction(otherPixels)).isEqualTo(1_000_007);
    assertThat(rows.get(0).batch().inputs().column(1).rowShape()).containsExactly(9);
  }

  @Test
  void shouldCountTheLongestRowForEveryRowOfABatchsCost() {
    // given
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding binding =
        open.binding(
            new VariableLengths(
                Map.of("tokens", "-7"), List.of(), new VariableLengths.Cost("tokens", 20)));
    Batcher batcher = batcher(8);
    batcher.add(binding, FakeModel.record(0, 1, 1));
    // when
    for (int tokens : new int[] {2, 2, 10, 1, 1, 30, 1}) {
      batcher.add(binding, FakeModel.record(0, tokens, 1));
    }
    batcher.sealAll();
    inference.runAll();
    // then 3 × 10 would be more, 2 × 10 is as much, and 30 are more by themselves
    assertThat(open.runs()).containsExactly(1, 2, 2, 1, 1, 1);
  }

  @Test
  void shouldGatherNoMoreThanSixteenShapesSideBySide() {
    // given
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding binding = open.binding();
    Batcher batcher = batcher(8);
    batcher.add(binding, FakeModel.record(0, 1, 1));
    // when
    for (int tokens = 1; tokens <= 17; tokens++) {
      batcher.add(binding, FakeModel.record(0, tokens, 1));
    }
    // then
    assertThat(inference.sealed()).isEqualTo(2);
  }

  @Test
  void shouldWaitForTheProcessesBudgetUnlessNothingOfTheThreadIsInFlight() {
    // given two stream threads of a process
    ByteBudget budget = new ByteBudget(20);
    Batcher first = batcher(limits(8, 1 << 20), budget);
    Batcher second = batcher(limits(8, 1 << 20), budget);
    for (int i = 0; i < 3; i++) {
      first.add(version, FakeModel.record(i));
    }
    // when
    boolean firstIsFull = first.isFull();
    boolean secondIsFullAtFirst = second.isFull();
    second.add(version, FakeModel.record(3));
    boolean secondIsFull = second.isFull();
    inference.runAll();
    first.sealAll();
    inference.runAll();
    // then
    assertThat(firstIsFull).isTrue();
    assertThat(secondIsFullAtFirst).isFalse();
    assertThat(secondIsFull).isTrue();
    assertThat(second.isFull()).isFalse();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldGiveTheBudgetBackWhatItAbandons() {
    // given
    ByteBudget budget = new ByteBudget(1000);
    Batcher batcher = batcher(limits(8, 1 << 20), budget);
    batcher.add(version, FakeModel.record(0));
    batcher.add(version, FakeModel.record(1));
    // when
    batcher.abandon();
    // then
    assertThat(budget.usedBytes()).isEqualTo(Long.BYTES);
    inference.runAll();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldFollowItsPlanFromOneRowToTheNext() {
    // given
    FakePlan plan = new FakePlan(2, 5 * MILLI);
    Batcher batcher = batcher(planned(plan, 8), ByteBudget.unlimited());
    batcher.add(version, FakeModel.record(0));
    add(batcher, 2);
    // when
    plan.aimAt(4, 5 * MILLI);
    add(batcher, 4);
    add(batcher, 3);
    plan.aimAt(1, 5 * MILLI);
    add(batcher, 1);
    // then
    inference.runAll();
    assertThat(model.runs()).containsExactly(1, 2, 4, 4);
  }

  @Test
  void shouldLetRowsLingerForAsLongAsItsPlanSays() {
    // given
    FakePlan plan = new FakePlan(8, 5 * MILLI);
    Batcher batcher = batcher(planned(plan, 8), ByteBudget.unlimited());
    add(batcher, 2);
    // when
    now += MILLI;
    batcher.tick();
    int patient = inference.sealed();
    plan.aimAt(8, MILLI);
    batcher.tick();
    // then
    assertThat(patient).isEqualTo(1);
    assertThat(inference.sealed()).isEqualTo(2);
  }

  @Test
  void shouldHaveFewRowsInFlightWhileBatchesAreSmall() {
    // given
    FakePlan plan = new FakePlan(1, 0);
    Batcher batcher = batcher(planned(plan, 8), ByteBudget.unlimited());
    // when
    add(batcher, 4);
    // then
    assertThat(batcher.isFull()).isTrue();
    plan.aimAt(2, 0);
    assertThat(batcher.isFull()).isFalse();
  }

  @Test
  void shouldSayWhyItSealsEachBatch() {
    // given
    Batcher batcher = batcher(limits(2, 1 << 20), ByteBudget.unlimited());
    // when
    add(batcher, 1);
    add(batcher, 2);
    add(batcher, 1);
    now += 5 * MILLI;
    batcher.tick();
    add(batcher, 1);
    batcher.sealAll();
    inference.runAll();
    add(batcher, 1);
    batcher.await(0);
    add(batcher, 1);
    inference.runAll();
    now += MILLI;
    batcher.tick();
    // then
    assertThat(reasons)
        .containsExactly(
            SealReason.QUIET,
            SealReason.ROWS,
            SealReason.LINGER,
            SealReason.COMMIT,
            SealReason.ROOM,
            SealReason.QUIET);
  }

  @Test
  void shouldSayWhichLimitABatchHasReached() {
    // given
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding dear =
        open.binding(
            new VariableLengths(
                Map.of("tokens", "-7"), List.of(), new VariableLengths.Cost("tokens", 4)));
    Batcher fixed = batcher(limits(8, 2 * Long.BYTES), ByteBudget.unlimited());
    add(fixed, 1);
    add(fixed, 2);
    Batcher batcher = batcher(limits(8, 1 << 20), ByteBudget.unlimited());
    batcher.add(dear, FakeModel.record(0, 1, 1));
    // when
    batcher.add(dear, FakeModel.record(0, 2, 1));
    batcher.add(dear, FakeModel.record(0, 2, 1));
    // then
    assertThat(reasons)
        .containsExactly(SealReason.QUIET, SealReason.BYTES, SealReason.QUIET, SealReason.COST);
  }

  private void add(Batcher batcher, int rows) {
    for (int i = 0; i < rows; i++) {
      batcher.add(version, FakeModel.record(i));
    }
  }

  private static BatchLimits planned(FakePlan plan, int maxRows) {
    return new BatchLimits(maxRows, 1 << 20, plan, null, 4 * maxRows, 1 << 20);
  }

  private static long prediction(Batcher.Row row) {
    return FakeModel.predicted(row.batch().prediction(row.index()));
  }

  private static BatchLimits limits(int maxRows, int maxBytes) {
    return new BatchLimits(maxRows, maxBytes, Duration.ofMillis(5), null, 4 * maxRows, 1 << 20);
  }

  private Batcher batcher(int maxRows) {
    return batcher(limits(maxRows, 1 << 20), ByteBudget.unlimited());
  }

  private Batcher batcher(BatchLimits limits, ByteBudget budget) {
    return new Batcher(limits, budget, inference, () -> now, reasons::add);
  }
}
