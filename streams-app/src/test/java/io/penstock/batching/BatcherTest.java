package io.penstock.batching;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputRecords;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.inference.ManualInference;
import io.penstock.model.BatchSizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BatcherTest {

  /** What is copied of each record, beside the row. */
  private static final long COPIED_BYTES = FakeModel.copied(0).length;

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
    batcher.add(version, FakeModel.input(7));
    // then
    assertThat(inference.sealed()).isEqualTo(1);
  }

  @Test
  void shouldComputeRowsThatComeTogetherAfterQuietAsOneBatchAtOnce() {
    // given
    Batcher batcher = batcher(4);
    // when
    batcher.beginGroup();
    for (int i = 1; i <= 3; i++) {
      batcher.add(version, FakeModel.input(i));
    }
    int amidst = inference.sealed();
    batcher.endGroup();
    // then
    assertThat(amidst).isZero();
    inference.runAll();
    assertThat(model.runs()).containsExactly(3);
  }

  @Test
  void shouldSealOfAGroupWhatIsFullAndGatherTheRestWhileABatchRuns() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.input(0));
    // when
    batcher.beginGroup();
    for (int i = 1; i <= 6; i++) {
      batcher.add(version, FakeModel.input(i));
    }
    batcher.endGroup();
    // then
    inference.runAll();
    assertThat(model.runs()).containsExactly(1, 4);
  }

  @Test
  void shouldGatherWhileABatchRuns() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.input(0));
    // when
    for (int i = 1; i <= 3; i++) {
      batcher.add(version, FakeModel.input(i));
    }
    // then
    assertThat(inference.sealed()).isEqualTo(1);
    batcher.add(version, FakeModel.input(4));
    assertThat(inference.sealed()).isEqualTo(2);
    inference.runAll();
    assertThat(model.runs()).containsExactly(1, 4);
  }

  @Test
  void shouldSealWhenTheLingerIsOverThoughABatchRuns() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.input(0));
    batcher.add(version, FakeModel.input(1));
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
    batcher.add(version, FakeModel.input(0));
    batcher.add(version, FakeModel.input(1));
    // when
    assertThatThrownBy(() -> batcher.add(version, InputRecords.of(new byte[3])))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.MALFORMED));
    Batcher.Row row = requireNonNull(batcher.add(version, FakeModel.input(2)));
    // then
    assertThat(row.index()).isEqualTo(1);
  }

  @Test
  void shouldRefuseARecordThatItsFormatHasNotForeseen() {
    for (VersionBinding any : List.of(version, FakeModel.withOpenShapes(2).binding())) {
      assertThatThrownBy(() -> batcher(4).add(any, InputRecords.of(new byte[0])))
          .isInstanceOfSatisfying(
              UndecodableRecordException.class,
              e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.MALFORMED))
          .hasMessageContaining("not foreseen");
    }
  }

  @Test
  void shouldHoldNoLeaseForABatchWhoseOnlyRecordDidNotDecode() {
    // given
    Batcher batcher = batcher(4);
    // when
    assertThatThrownBy(() -> batcher.add(version, InputRecords.of(new byte[3])))
        .isInstanceOf(UndecodableRecordException.class);
    batcher.sealAll();
    // then
    assertThat(model.leased()).isZero();
    assertThat(inference.sealed()).isZero();
  }

  @Test
  void shouldAskForAnotherVersionWhenTheVersionHasRetired() {
    model.retire();
    assertThat(batcher(4).add(version, FakeModel.input(1))).isNull();
  }

  @Test
  void shouldFinishABatchOnTheVersionThatItWasGatheredFor() {
    // given
    Batcher batcher = batcher(8);
    FakeModel second = new FakeModel(2);
    batcher.add(version, FakeModel.input(0));
    Batcher.Row before = requireNonNull(batcher.add(version, FakeModel.input(1)));
    // when
    Batcher.Row after = requireNonNull(batcher.add(second.binding(), FakeModel.input(2)));
    model.retire();
    batcher.sealAll();
    inference.runAll();
    // then
    assertThat(prediction(before)).isEqualTo(1_000_001);
    assertThat(prediction(after)).isEqualTo(2_000_002);
    assertThat(model.leased()).isZero();
  }

  /** As where two versions share the records by their timestamps, and these come in any order. */
  @Test
  void shouldFillTheBatchesOfTwoVersionsThatAlternate() {
    // given
    Batcher batcher = batcher(limits(8, 1 << 20), InFlightBudget.unlimited());
    FakeModel second = new FakeModel(2);
    VersionBinding other = second.binding();
    add(batcher, 1);
    reasons.clear();
    // when
    for (int i = 0; i < 8; i++) {
      batcher.add(version, FakeModel.input(i));
      batcher.add(other, FakeModel.input(i));
      batcher.tick();
    }
    inference.runAll();
    // then
    assertThat(reasons).containsExactly(SealReason.ROWS, SealReason.ROWS);
    assertThat(model.runs()).containsExactly(1, 8);
    assertThat(second.runs()).containsExactly(8);
  }

  @Test
  void shouldBeFullUntilRowsAreComputed() {
    // given
    Batcher batcher = batcher(2);
    for (int i = 0; i < 8; i++) {
      assertThat(batcher.isFull()).isFalse();
      batcher.add(version, FakeModel.input(i));
    }
    // when
    boolean full = batcher.isFull();
    inference.runAll();
    // then
    assertThat(full).isTrue();
    assertThat(batcher.isFull()).isFalse();
  }

  @Test
  void shouldRunNothingAndGiveLeasesBackWhenItAbandons() {
    // given
    Batcher batcher = batcher(4);
    batcher.add(version, FakeModel.input(0));
    batcher.add(version, FakeModel.input(1));
    // when
    batcher.abandon();
    inference.runAll();
    // then
    assertThat(model.leased()).isZero();
    assertThat(model.runs()).isEmpty();
  }

  @Test
  void shouldSealBeforeABatchHoldsMoreBytesThanItMay() {
    // given room for three numbers of eight bytes
    Batcher batcher = batcher(limits(100, 3 * Long.BYTES + 7), InFlightBudget.unlimited());
    batcher.add(version, FakeModel.input(0));
    // when
    for (int i = 0; i < 7; i++) {
      batcher.add(version, FakeModel.input(i));
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
    Batcher batcher = batcher(limits(100, 100), InFlightBudget.unlimited());
    batcher.add(binding, FakeModel.input(0, 1, 1));
    // when
    batcher.add(binding, FakeModel.input(1, 2, 1));
    batcher.add(binding, FakeModel.input(2, 60, 1));
    batcher.add(binding, FakeModel.input(3, 2, 1));
    batcher.sealAll();
    inference.runAll();
    // then
    assertThat(open.runs()).containsExactly(1, 1, 1, 1);
  }

  @Test
  void shouldCountPaddingToTheBytesOfABatch() {
    // given batches of 1, 4 or 8 rows, and room for five numbers of eight bytes
    VersionBinding padded =
        model.binding(FakeModel.terms("fakes", 1, new BatchSizes(8, List.of(1, 4, 8))));
    Batcher batcher = batcher(limits(8, 5 * Long.BYTES), InFlightBudget.unlimited());
    batcher.add(padded, FakeModel.input(0));
    // when
    for (int i = 0; i < 8; i++) {
      batcher.add(padded, FakeModel.input(i));
    }
    inference.runAll();
    // then: five would be run as eight
    assertThat(model.runs()).containsExactly(1, 4, 4);
  }

  @Test
  void shouldRefuseARowThatIsTooLargeForTheLeastSize() {
    // given batches of 8 rows, and room for 25 bytes in each
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding binding =
        open.binding(FakeModel.terms("fakes", 1, new BatchSizes(8, List.of(8))));
    Batcher batcher = batcher(limits(8, 8 * 25), InFlightBudget.unlimited());
    // when
    Batcher.Row fits = batcher.add(binding, FakeModel.input(1, 3, 2));
    // then
    assertThat(fits).isNotNull();
    assertThatThrownBy(() -> batcher.add(binding, FakeModel.input(1, 4, 2)))
        .isInstanceOfSatisfying(
            UndecodableRecordException.class,
            e -> assertThat(e.reason()).isEqualTo(DeadLetterReason.SHAPE_MISMATCH))
        .hasMessageContaining("have 28 bytes")
        .hasMessageContaining("raise batch.bytes");
  }

  @Test
  void shouldHoldNoMoreMemoryThanItCountsWhenBatchesAreSmall() {
    // given
    InFlightBudget budget = new InFlightBudget(1000, 1 << 20);
    Batcher batcher = batcher(limits(100, 1 << 20), budget);
    List<Batch> batches = new ArrayList<>();
    // when
    for (int i = 0; i < 10; i++) {
      batches.add(requireNonNull(batcher.add(version, FakeModel.input(i))).batch());
      batcher.sealAll();
    }
    // then
    assertThat(batches).allMatch(batch -> batch.inputs().storageBytes() == Long.BYTES);
    assertThat(budget.usedBytes()).isEqualTo(10 * (Long.BYTES + COPIED_BYTES));
  }

  @Test
  void shouldCountWhatTheColumnsOfABatchHaveRoomFor() {
    // given
    InFlightBudget budget = new InFlightBudget(1000, 1 << 20);
    Batcher batcher = batcher(limits(8, 1 << 20), budget);
    batcher.add(version, FakeModel.input(0));
    // when
    for (int i = 0; i < 5; i++) {
      batcher.add(version, FakeModel.input(i));
    }
    batcher.sealAll();
    // then
    assertThat(budget.usedBytes()).isEqualTo(Long.BYTES + 8 * Long.BYTES + 6 * COPIED_BYTES);
    inference.runAll();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldPutRowsOfDifferingLengthsIntoOneBatchWherePaddingIsSet() {
    // given
    FakeModel open = FakeModel.withOpenShapes(1);
    VersionBinding binding = open.binding(FakeModel.TOKENS_PADDED);
    Batcher batcher = batcher(8);
    batcher.add(binding, FakeModel.input(0, 1, 1));
    // when
    List<Batcher.Row> rows = new ArrayList<>();
    for (int tokens : new int[] {3, 0, 9, 5}) {
      rows.add(requireNonNull(batcher.add(binding, FakeModel.input(tokens, tokens, 1))));
    }
    Batcher.Row otherPixels = requireNonNull(batcher.add(binding, FakeModel.input(7, 3, 2)));
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
    batcher.add(binding, FakeModel.input(0, 1, 1));
    // when
    for (int tokens : new int[] {2, 2, 10, 1, 1, 30, 1}) {
      batcher.add(binding, FakeModel.input(0, tokens, 1));
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
    batcher.add(binding, FakeModel.input(0, 1, 1));
    // when
    for (int tokens = 1; tokens <= 17; tokens++) {
      batcher.add(binding, FakeModel.input(0, tokens, 1));
    }
    // then
    assertThat(inference.sealed()).isEqualTo(2);
  }

  @Test
  void shouldWaitForTheProcessesBudgetUnlessNothingOfTheThreadIsInFlight() {
    // given two stream threads of a process
    InFlightBudget budget = new InFlightBudget(1000, 20);
    Batcher first = batcher(limits(8, 1 << 20), budget);
    Batcher second = batcher(limits(8, 1 << 20), budget);
    for (int i = 0; i < 3; i++) {
      first.add(version, FakeModel.input(i));
    }
    // when
    boolean firstIsFull = first.isFull();
    boolean secondIsFullAtFirst = second.isFull();
    second.add(version, FakeModel.input(3));
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
  void shouldWaitForRowsOfTheProcessesBudgetToo() {
    // given two stream threads of a process
    InFlightBudget budget = new InFlightBudget(3, 1 << 20);
    Batcher first = batcher(limits(8, 1 << 20), budget);
    Batcher second = batcher(limits(8, 1 << 20), budget);
    first.add(version, FakeModel.input(0));
    first.add(version, FakeModel.input(1));
    boolean firstIsFull = first.isFull();
    second.add(version, FakeModel.input(2));
    // when
    boolean firstIsFullThen = first.isFull();
    first.sealAll();
    second.sealAll();
    inference.runAll();
    // then
    assertThat(firstIsFull).isFalse();
    assertThat(firstIsFullThen).isTrue();
    assertThat(first.isFull()).isFalse();
    assertThat(budget.usedRows()).isZero();
  }

  @Test
  void shouldGiveTheBudgetBackWhatItAbandons() {
    // given
    InFlightBudget budget = new InFlightBudget(1000, 1000);
    Batcher batcher = batcher(limits(8, 1 << 20), budget);
    batcher.add(version, FakeModel.input(0));
    batcher.add(version, FakeModel.input(1));
    // when
    batcher.abandon();
    // then
    assertThat(budget.usedBytes()).isEqualTo(Long.BYTES + COPIED_BYTES);
    inference.runAll();
    assertThat(budget.usedBytes()).isZero();
  }

  @Test
  void shouldFollowItsPlanFromOneRowToTheNext() {
    // given
    FakePlan plan = new FakePlan(2, 5 * MILLI);
    Batcher batcher = batcher(planned(plan, 8), InFlightBudget.unlimited());
    batcher.add(version, FakeModel.input(0));
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
    Batcher batcher = batcher(planned(plan, 8), InFlightBudget.unlimited());
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
    Batcher batcher = batcher(planned(plan, 8), InFlightBudget.unlimited());
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
    Batcher batcher = batcher(limits(2, 1 << 20), InFlightBudget.unlimited());
    // when
    add(batcher, 1);
    add(batcher, 2);
    add(batcher, 1);
    now += 5 * MILLI;
    batcher.tick();
    add(batcher, 1);
    batcher.sealAll();
    inference.runAll();
    batcher.drained();
    batcher.resume();
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
    Batcher fixed = batcher(limits(8, 2 * Long.BYTES), InFlightBudget.unlimited());
    add(fixed, 1);
    add(fixed, 2);
    Batcher batcher = batcher(limits(8, 1 << 20), InFlightBudget.unlimited());
    batcher.add(dear, FakeModel.input(0, 1, 1));
    // when
    batcher.add(dear, FakeModel.input(0, 2, 1));
    batcher.add(dear, FakeModel.input(0, 2, 1));
    // then
    assertThat(reasons)
        .containsExactly(SealReason.QUIET, SealReason.BYTES, SealReason.QUIET, SealReason.COST);
  }

  private void add(Batcher batcher, int rows) {
    for (int i = 0; i < rows; i++) {
      batcher.add(version, FakeModel.input(i));
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
    return batcher(limits(maxRows, 1 << 20), InFlightBudget.unlimited());
  }

  private Batcher batcher(BatchLimits limits, InFlightBudget budget) {
    return new Batcher(limits, budget, inference, () -> now, reasons::add);
  }
}
