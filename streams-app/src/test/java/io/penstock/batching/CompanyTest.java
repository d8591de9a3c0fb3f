package io.penstock.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.departure.Departures;
import io.penstock.inference.ManualInference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Two batchers of a pipeline: what leaves with what. They take turns on the test's thread. */
final class CompanyTest {

  private static final long MILLI = 1_000_000;
  private static final BatchLimits LIMITS =
      new BatchLimits(8, 1 << 20, Duration.ofMillis(5), null, 64, 1 << 20);

  private final SubmittedBatches inference = new SubmittedBatches();
  private final FakeModel model = new FakeModel(1);
  private final VersionBinding version = model.binding();
  private final Departures departures = new Departures();
  private final List<SealReason> reasons = new ArrayList<>();
  private long now;
  private final Batcher first = batcher();
  private final Batcher second = batcher();

  @Test
  void shouldTakeAlongWhatTheOtherHasWhenTheLingerIsOver() {
    // given
    Batch lingered = lingered(2, 3);
    boolean heldAtFirst = lingered.isHeld(now);
    // when
    second.tick();
    // then
    assertThat(heldAtFirst).isTrue();
    assertThat(lingered.isHeld(now)).isFalse();
    assertThat(inference.rows()).containsExactly(1, 2, 3);
    assertThat(reasons).containsExactly(SealReason.QUIET, SealReason.LINGER, SealReason.COMPANY);
  }

  @Test
  void shouldLeaveWhenTheTwoAreFullTogether() {
    // given
    first.add(version, FakeModel.input(0));
    inference.runAll();
    // when
    add(first, 4);
    add(second, 4);
    first.tick();
    // then
    assertThat(reasons).containsExactly(SealReason.QUIET, SealReason.ROWS, SealReason.COMPANY);
    assertThat(inference.rows()).containsExactly(4, 4);
  }

  @Test
  void shouldGatherOnWhileARunIsUnderWayThoughTheTwoAreFullTogether() {
    // given
    first.add(version, FakeModel.input(0));
    // when
    add(first, 7);
    add(second, 7);
    first.tick();
    // then
    assertThat(inference.rows()).containsExactly(1);
  }

  @Test
  void shouldNotTakeRowsOfOtherShapesForPartsOfAFullBatch() {
    // given
    VersionBinding open = FakeModel.withOpenShapes(1).binding();
    first.add(open, FakeModel.input(0, 1, 1));
    inference.runAll();
    // when
    for (int tokens = 1; tokens <= 6; tokens++) {
      first.add(open, FakeModel.input(0, tokens, 1));
      second.add(open, FakeModel.input(0, tokens, 1));
    }
    // then
    assertThat(inference.rows()).isEmpty();
  }

  @Test
  void shouldTakeAlongRowsOfTheSameShapeOnly() {
    // given
    VersionBinding open = FakeModel.withOpenShapes(1).binding();
    first.add(open, FakeModel.input(0, 1, 1));
    first.add(open, FakeModel.input(0, 2, 1));
    now += 2 * MILLI;
    for (int tokens = 1; tokens <= 3; tokens++) {
      second.add(open, FakeModel.input(0, tokens, 1));
    }
    // when
    now += 3 * MILLI;
    first.tick();
    second.tick();
    // then
    assertThat(reasons).containsExactly(SealReason.QUIET, SealReason.LINGER, SealReason.COMPANY);
  }

  @Test
  void shouldSayThatNothingComesWithWhatHasNoRoomForMore() {
    // given
    Batch lingered = lingered(7, 3);
    // when
    second.tick();
    // then
    assertThat(lingered.isHeld(now)).isFalse();
    assertThat(inference.rows()).containsExactly(1, 7);
    assertThat(inference.hurries).isEqualTo(1);
  }

  @Test
  void shouldNotFollowACallThatIsOver() {
    // given
    Batch lingered = lingered(2, 3);
    // when
    now += Batcher.HOLD_NANOS;
    boolean held = lingered.isHeld(now);
    second.tick();
    // then
    assertThat(held).isFalse();
    assertThat(inference.rows()).containsExactly(1, 2);
  }

  @Test
  void shouldTakeAlongWhatTheOtherHasWhenACommitWaits() {
    // given
    first.add(version, FakeModel.input(0));
    add(first, 2);
    add(second, 3);
    // when
    first.sealAll();
    boolean heldAtFirst = inference.batches.get(1).isHeld(now);
    second.await(0);
    // then
    assertThat(heldAtFirst).isTrue();
    assertThat(inference.batches).noneMatch(batch -> batch.isHeld(now));
    assertThat(inference.rows()).containsExactly(1, 2, 3);
    assertThat(reasons).containsExactly(SealReason.QUIET, SealReason.COMMIT, SealReason.COMPANY);
  }

  @Test
  void shouldWaitALittleForOneThatIsAboutToBeBackFromACommit() {
    // given
    drainWhileTheOtherGathers();
    // when
    now += MILLI;
    second.tick();
    int whileItIsAway = inference.batches.size();
    first.resume();
    add(first, 2);
    second.tick();
    int whenItHasJustComeBack = inference.batches.size();
    now += 2 * MILLI;
    second.tick();
    first.tick();
    // then
    assertThat(whileItIsAway).isZero();
    assertThat(whenItHasJustComeBack).isZero();
    assertThat(inference.rows()).containsExactly(3, 2);
    assertThat(reasons).containsExactly(SealReason.COMMIT, SealReason.QUIET, SealReason.COMPANY);
  }

  @Test
  void shouldNotWaitLongForOneThatDoesNotComeBackFromACommit() {
    // given
    drainWhileTheOtherGathers();
    // when
    now += 2 * MILLI;
    second.tick();
    int whileItIsAwaited = inference.batches.size();
    now += MILLI;
    second.tick();
    // then
    assertThat(whileItIsAwaited).isZero();
    assertThat(inference.rows()).containsExactly(3);
  }

  @Test
  void shouldKeepTogetherWhatGatheredAtTheBrokerDuringACommit() {
    // given
    first.sealAll();
    now += 10 * MILLI;
    first.drained();
    first.resume();
    // when
    add(first, 3);
    int atOnce = inference.batches.size();
    now += 2 * MILLI;
    first.tick();
    // then
    assertThat(atOnce).isZero();
    assertThat(inference.rows()).containsExactly(3);
  }

  @Test
  void shouldBeQuietAfterACommitThatNothingWaitedFor() {
    // given
    now += MILLI;
    first.resume();
    // when
    first.add(version, FakeModel.input(0));
    // then
    assertThat(reasons).containsExactly(SealReason.QUIET);
  }

  /** The first one's commit has waited for ten milliseconds; the second one has three new rows. */
  private void drainWhileTheOtherGathers() {
    now += MILLI;
    first.beginGroup();
    add(first, 2);
    first.sealAll();
    now += 10 * MILLI;
    add(second, 3);
    inference.runAll();
    first.drained();
  }

  @Test
  void shouldNotWaitForOneThatHasAbandonedItsRows() {
    // given
    first.add(version, FakeModel.input(0));
    add(first, 2);
    add(second, 3);
    second.abandon();
    // when
    now += 5 * MILLI;
    first.tick();
    // then
    assertThat(inference.rows()).containsExactly(1, 2);
    assertThat(inference.batches.get(1).isHeld(now)).isFalse();
  }

  @Test
  void shouldBeQuietOnceTheOthersRunHasEnded() {
    // given
    first.add(version, FakeModel.input(0));
    second.add(version, FakeModel.input(1));
    now += MILLI;
    second.tick();
    int whileItRuns = inference.batches.size();
    // when
    inference.runAll();
    second.tick();
    // then
    assertThat(whileItRuns).isEqualTo(1);
    assertThat(reasons).containsExactly(SealReason.QUIET, SealReason.QUIET);
  }

  @Test
  void shouldBothLeaveWhenNothingRunsAndBothAreQuiet() {
    // given
    first.add(version, FakeModel.input(0));
    add(first, 2);
    add(second, 3);
    inference.runAll();
    // when
    now += MILLI;
    second.tick();
    boolean held = inference.batches.get(0).isHeld(now);
    first.tick();
    // then
    assertThat(held).isTrue();
    assertThat(inference.rows()).containsExactly(3, 2);
    assertThat(inference.batches).noneMatch(batch -> batch.isHeld(now));
  }

  /** The first one's batch, whose linger is over while the second one's is not, and a run is. */
  private Batch lingered(int rows, int rowsOfTheOther) {
    first.add(version, FakeModel.input(0));
    add(first, rows);
    now += 2 * MILLI;
    add(second, rowsOfTheOther);
    now += 3 * MILLI;
    first.tick();
    return inference.batches.get(1);
  }

  private void add(Batcher batcher, int rows) {
    for (int i = 0; i < rows; i++) {
      batcher.add(version, FakeModel.input(i));
    }
  }

  private Batcher batcher() {
    return new Batcher(
        LIMITS, InFlightBudget.unlimited(), departures, inference, () -> now, reasons::add);
  }

  /** What was submitted and not run yet. */
  private static final class SubmittedBatches implements Inference {

    private final List<Batch> batches = new ArrayList<>();
    private int hurries;

    @Override
    public void submit(Batch batch) {
      batches.add(batch);
    }

    @Override
    public void hurry() {
      hurries++;
    }

    List<Integer> rows() {
      return batches.stream().map(Batch::rows).toList();
    }

    void runAll() {
      ManualInference all = new ManualInference();
      batches.forEach(all::submit);
      batches.clear();
      all.runAll();
    }
  }
}
