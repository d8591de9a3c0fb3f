package io.penstock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.Batch;
import io.penstock.batching.FakeModel;
import io.penstock.batching.FakePlan;
import io.penstock.batching.Inference;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.model.BatchSizes;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a clock of the test's own: nothing here depends on how fast the machine is. */
final class InferenceThreadsTest {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final AtomicLong clock = new AtomicLong();
  private final List<String> exits = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayReturn = new CountDownLatch(1);
  private final InferenceThreads threads =
      new InferenceThreads(new InferenceSettings(1, TIMEOUT, 1), clock::get, exits::add);

  @AfterEach
  void close() {
    mayReturn.countDown();
    threads.close();
  }

  @Test
  void shouldComputeWhatIsSubmitted() {
    // given
    FakeModel model = new FakeModel(1);
    Batch batch = SealedBatches.of(model.binding(), 7);
    // when
    threads.submit(batch);
    // then
    awaitFinished(batch);
    assertThat(FakeModel.predicted(batch.prediction(0))).isEqualTo(1_000_007);
    assertThat(model.leased()).isZero();
  }

  @Test
  void shouldJoinBatchesUpToWhatThePlanAimsAtAndTellItOfEachRun() throws InterruptedException {
    // given
    FakePlan plan = new FakePlan(4, 0);
    FakeModel model = new FakeModel(1);
    VersionBinding version =
        model.binding(
            new Inference.Terms(
                "fakes", 1, BatchSizes.upTo(8), 1 << 20, Inference.NonFinite.PASS, plan));
    hang(model, SealedBatches.of(version, 1));
    // when
    threads.submit(SealedBatches.of(version, 2, 3));
    threads.submit(SealedBatches.of(version, 4, 5));
    threads.submit(SealedBatches.of(version, 6, 7));
    mayReturn.countDown();
    // then
    Batch afterAll = SealedBatches.of(new FakeModel(2).binding(), 8);
    threads.submit(afterAll);
    awaitFinished(afterAll);
    assertThat(plan.runs()).containsExactly(1, 4, 2);
  }

  @Test
  void shouldGiveUpOnARunThatHangsAndServeOthers() throws InterruptedException {
    // given
    FakeModel hanging = new FakeModel(1);
    VersionBinding version = hanging.binding();
    Batch stuck = SealedBatches.of(version, 1, 2);
    Batch waiting = SealedBatches.of(version, 3);
    hang(hanging, stuck);
    threads.submit(waiting);
    // when
    threads.giveUpOverdue();
    boolean tooEarly = stuck.isFinished();
    clock.addAndGet(TIMEOUT.toNanos() + 1);
    threads.giveUpOverdue();
    // then
    assertThat(tooEarly).isFalse();
    assertThat(stuck.failure())
        .isInstanceOf(VersionQuarantinedException.class)
        .hasMessageContaining("pipeline fakes, version fake/1")
        .hasMessageContaining("a run of 2 rows has not returned for 30000 ms");
    assertThat(waiting.failure()).isSameAs(stuck.failure());
    Batch later = SealedBatches.of(version, 4);
    threads.submit(later);
    assertThat(later.failure()).isSameAs(stuck.failure());
    Batch other = SealedBatches.of(new FakeModel(2).binding(), 5);
    threads.submit(other);
    awaitFinished(other);
    assertThat(other.failure()).isNull();
    assertThat(exits).isEmpty();
  }

  @Test
  void shouldKeepTheLeaseOfARunThatHangsUntilItReturns() throws InterruptedException {
    // given
    FakeModel hanging = new FakeModel(1);
    Batch stuck = SealedBatches.of(hanging.binding(), 1);
    hang(hanging, stuck);
    clock.addAndGet(TIMEOUT.toNanos() + 1);
    threads.giveUpOverdue();
    // when
    int whileItHangs = hanging.leased();
    mayReturn.countDown();
    // then
    assertThat(whileItHangs).isEqualTo(1);
    while (hanging.leased() > 0) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(stuck.failure()).isInstanceOf(VersionQuarantinedException.class);
  }

  @Test
  void shouldEndTheProcessWhenTooManyThreadsHang() throws InterruptedException {
    // given
    for (int i = 1; i <= 2; i++) {
      assertThat(exits).isEmpty();
      FakeModel hanging = new FakeModel(i);
      hang(hanging, SealedBatches.of(hanging.binding(), 1));
      // when
      clock.addAndGet(TIMEOUT.toNanos() + 1);
      threads.giveUpOverdue();
    }
    // then
    assertThat(exits)
        .singleElement()
        .asString()
        .contains("inference.max-abandoned-threads: 1")
        .contains("version fake/2");
  }

  @Test
  void shouldFailWhatWaitsWhenItIsClosed() throws InterruptedException {
    // given
    FakeModel hanging = new FakeModel(1);
    hang(hanging, SealedBatches.of(hanging.binding(), 1));
    FakeModel model = new FakeModel(2);
    Batch waiting = SealedBatches.of(model.binding(), 1);
    threads.submit(waiting);
    // when
    threads.close();
    // then
    assertThat(waiting.failure()).hasMessage("the inference threads are closed");
    assertThat(model.leased()).isZero();
  }

  /** Submits a batch and returns once the model has it and does not return. */
  private void hang(FakeModel model, Batch batch) throws InterruptedException {
    CountDownLatch entered = new CountDownLatch(1);
    model.beforeRun(
        () -> {
          entered.countDown();
          try {
            mayReturn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    threads.submit(batch);
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitFinished(Batch batch) {
    while (!batch.isFinished()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
