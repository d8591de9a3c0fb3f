package io.penstock.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.departure.Departures;
import io.penstock.model.BatchSizes;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Batches that wait in the queue for others to run with. */
final class HeldBatchesTest {

  private static final long MILLI = 1_000_000;

  private final RunQueue queue = new RunQueue(2);
  private final VersionBinding payments =
      new FakeModel(1).binding(FakeModel.terms("payments", 1, BatchSizes.upTo(8)));
  private final Departures departures = new Departures();
  private long now;
  private final Batcher first = batcher();
  private final Batcher second = batcher();

  /** A run is under way, and the first one's two rows have lingered; the second one has three. */
  @BeforeEach
  void leave() {
    queue.add(SealedBatches.of(payments, 1), now);
    Run before = take();
    before.complete();
    queue.ended(before, now);
    add(first, 1);
    take();
    add(first, 2);
    now += 2 * MILLI;
    add(second, 3);
    now += 3 * MILLI;
    first.tick();
  }

  @Test
  void shouldWaitForThoseThatComeAndRunWithThem() {
    // given
    Run tooEarly = queue.take(now);
    // when
    second.tick();
    // then
    assertThat(tooEarly).isNull();
    assertThat(take().rows()).isEqualTo(5);
    assertThat(queue.hasWaiting()).isFalse();
  }

  @Test
  void shouldRunWithoutThoseThatDoNotComeInTime() {
    // given
    long held = queue.nanosHeld(now);
    // when
    now += held;
    // then
    assertThat(held).isEqualTo(MILLI);
    assertThat(take().rows()).isEqualTo(2);
    assertThat(queue.nanosHeld(now)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void shouldRunWithWhatTheOthersCommitWaitsFor() {
    // when
    second.sealAll();
    // then
    assertThat(take().rows()).isEqualTo(5);
  }

  /** It would wait for the whole of the other's run. */
  @Test
  void shouldNotHoldWhatACommitWaitsForWhileAnotherPipelineWaits() {
    // given
    queue.add(SealedBatches.of(tickets(), 1), now);
    // when
    first.sealAll();
    // then
    assertThat(take().binding()).isSameAs(payments);
  }

  @Test
  void shouldNotHoldUpOtherPipelines() {
    // when
    VersionBinding tickets = tickets();
    queue.add(SealedBatches.of(tickets, 1), now);
    // then
    assertThat(take().binding()).isSameAs(tickets);
  }

  private static VersionBinding tickets() {
    return new FakeModel(1).binding(FakeModel.terms("tickets", 1, BatchSizes.upTo(8)));
  }

  private Run take() {
    Run run = queue.take(now);
    assertThat(run).isNotNull();
    return run;
  }

  private void add(Batcher batcher, int rows) {
    for (int i = 0; i < rows; i++) {
      batcher.add(payments, FakeModel.input(i));
    }
  }

  private Batcher batcher() {
    BatchLimits limits = new BatchLimits(8, Duration.ofMillis(5), 64, 1 << 20);
    return new Batcher(
        limits,
        InFlightBudget.unlimited(),
        departures,
        batch -> queue.add(batch, now),
        () -> now,
        reason -> {});
  }
}
