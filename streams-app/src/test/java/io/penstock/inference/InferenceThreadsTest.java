package io.penstock.inference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.penstock.batching.Batch;
import io.penstock.batching.FakeModel;
import io.penstock.batching.FakePlan;
import io.penstock.batching.Inference;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.VersionQuarantinedException;
import io.penstock.model.BatchSizes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** With a clock of the test's own: nothing here depends on how fast the machine is. */
final class InferenceThreadsTest {

  private static final Duration TIMEOUT = FakeModel.DEADLINES.run();

  private final AtomicLong clock = new AtomicLong();
  private final List<String> exits = new CopyOnWriteArrayList<>();
  private final CountDownLatch mayReturn = new CountDownLatch(1);
  private final AtomicBoolean hasNoThreads = new AtomicBoolean();
  private final InferenceThreads threads =
      new InferenceThreads(new InferenceSettings(1, 1), clock::get, exits::add, this::newThread);

  /** As the machine gives threads, which may take long. */
  private Thread newThread(Runnable work) {
    if (hasNoThreads.get()) {
      assertThat(canBeAsked()).as("nothing is locked while a thread is started").isTrue();
      throw new OutOfMemoryError("unable to create native thread");
    }
    return new Thread(work);
  }

  private boolean canBeAsked() {
    Thread asking = new Thread(threads::busyThreads);
    asking.start();
    try {
      asking.join(TimeUnit.SECONDS.toMillis(30));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return !asking.isAlive();
  }

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

  /** A run that fails at once says nothing of how long runs take. */
  @Test
  void shouldTellThePlanOfRunsThatWereComputedOnly() {
    // given
    FakePlan plan = new FakePlan(8, 0);
    FakeModel model = new FakeModel(1);
    VersionBinding version =
        model.binding(
            new Inference.Terms(
                "fakes",
                1,
                BatchSizes.upTo(8),
                Long.MAX_VALUE,
                Inference.NonFinite.PASS,
                plan,
                FakeModel.DEADLINES));
    Batch computed = SealedBatches.of(version, 1, 2);
    Batch failed = SealedBatches.of(version, 3);
    Batch after = SealedBatches.of(version, 4, 5, 6);
    // when
    threads.submit(computed);
    awaitFinished(computed);
    model.breakDown();
    threads.submit(failed);
    awaitFinished(failed);
    threads.submit(after);
    awaitFinished(after);
    // then: the plan is told after the run, and of a run before the next one begins
    assertThat(failed.failure()).isNotNull();
    assertThat(plan.runs()).containsExactly(2);
  }

  @Test
  void shouldFinishWhatIsSubmittedWhileItCloses() throws Exception {
    FakeModel model = new FakeModel(1);
    VersionBinding version = model.binding();
    ExecutorService streamThreads = Executors.newFixedThreadPool(2);
    try {
      for (int round = 0; round < 200; round++) {
        // given
        InferenceThreads closing =
            new InferenceThreads(new InferenceSettings(2, 1), System::nanoTime, exits::add);
        CyclicBarrier together = new CyclicBarrier(3);
        Callable<List<Batch>> submits =
            () -> {
              List<Batch> submitted = new ArrayList<>();
              together.await();
              for (int i = 0; i < 20; i++) {
                Batch batch = SealedBatches.of(version, i);
                submitted.add(batch);
                closing.submit(batch);
              }
              return submitted;
            };
        // when
        Future<List<Batch>> first = streamThreads.submit(submits);
        Future<List<Batch>> second = streamThreads.submit(submits);
        together.await();
        closing.close();
        // then
        first.get().forEach(InferenceThreadsTest::awaitFinished);
        second.get().forEach(InferenceThreadsTest::awaitFinished);
      }
    } finally {
      streamThreads.shutdown();
    }
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
                "fakes",
                1,
                BatchSizes.upTo(8),
                1 << 20,
                Inference.NonFinite.PASS,
                plan,
                FakeModel.DEADLINES));
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
        .hasMessageContaining("a run of 2 rows has not returned for 30000 ms")
        .hasMessageContaining("raise inference.run-timeout");
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
  void shouldLoseOneThreadToAVersionOfWhichEveryRunHangs() throws InterruptedException {
    // given
    try (InferenceThreads four =
        new InferenceThreads(new InferenceSettings(4, 1), clock::get, exits::add)) {
      FakeModel hanging = new FakeModel(1);
      VersionBinding version = hanging.binding();
      List<Batch> stuck = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        stuck.add(SealedBatches.of(version, LongStream.range(0, 128).toArray()));
      }
      hang(four, hanging, stuck.get(0));
      stuck.stream().skip(1).forEach(four::submit);
      // when
      Batch other = SealedBatches.of(new FakeModel(2).binding(), 5);
      four.submit(other);
      awaitFinished(other);
      clock.addAndGet(TIMEOUT.toNanos() + 1);
      four.giveUpOverdue();
      // then
      assertThat(stuck)
          .allSatisfy(
              batch -> assertThat(batch.failure()).isInstanceOf(VersionQuarantinedException.class));
      assertThat(hanging.runs()).hasSize(1);
      assertThat(exits).isEmpty();
    }
  }

  @Test
  void shouldNotHoldAgainstARunThatTheProcessWasStopped() throws InterruptedException {
    // given
    FakeModel hanging = new FakeModel(1);
    Batch stuck = SealedBatches.of(hanging.binding(), 1);
    hang(hanging, stuck);
    // when
    clock.addAndGet(TIMEOUT.toNanos() + 1);
    threads.resumed();
    threads.giveUpOverdue();
    boolean tooEarly = stuck.isFinished();
    clock.addAndGet(TIMEOUT.toNanos() + 1);
    threads.giveUpOverdue();
    // then
    assertThat(tooEarly).isFalse();
    assertThat(stuck.failure()).isInstanceOf(VersionQuarantinedException.class);
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
  void shouldFailWhatWaitsThoughNoOtherThreadCanBeStartedAndStartItLater()
      throws InterruptedException {
    // given
    FakeModel hanging = new FakeModel(1);
    VersionBinding version = hanging.binding();
    Batch stuck = SealedBatches.of(version, 1);
    Batch waiting = SealedBatches.of(version, 2);
    hang(hanging, stuck);
    threads.submit(waiting);
    clock.addAndGet(TIMEOUT.toNanos() + 1);
    // when
    hasNoThreads.set(true);
    assertThatThrownBy(threads::giveUpOverdue).isInstanceOf(OutOfMemoryError.class);
    // then
    assertThat(stuck.failure()).isInstanceOf(VersionQuarantinedException.class);
    assertThat(waiting.failure()).isInstanceOf(VersionQuarantinedException.class);
    hasNoThreads.set(false);
    threads.giveUpOverdue();
    Batch next = SealedBatches.of(new FakeModel(2).binding(), 3);
    threads.submit(next);
    awaitFinished(next);
    assertThat(next.failure()).isNull();
  }

  /** Anybody may send what a model hangs on. */
  @Test
  void shouldRunNoMoreRequestsInsteadOfEndingTheProcessForThem() throws InterruptedException {
    // given
    for (int i = 1; i <= 2; i++) {
      FakeModel hanging = new FakeModel(i);
      VersionBinding requests = hanging.binding(FakeModel.termsOfRequests("requests/" + i, 4));
      hang(hanging, SealedBatches.of(requests, 1));
      clock.addAndGet(TIMEOUT.toNanos() + 1);
      threads.giveUpOverdue();
    }
    FakeModel model = new FakeModel(3);
    Batch request = SealedBatches.of(model.binding(FakeModel.termsOfRequests("requests/3", 4)), 1);
    Batch records = SealedBatches.of(model.binding(), 1);
    // when
    threads.submit(request);
    threads.submit(records);
    awaitFinished(records);
    // then
    assertThat(exits).isEmpty();
    assertThat(request.failure()).hasMessageContaining("hang in runs of requests");
    assertThat(records.failure()).isNull();
    assertThat(threads.abandonedThreads()).isEqualTo(2);
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
    hang(threads, model, batch);
  }

  private void hang(InferenceThreads inference, FakeModel model, Batch batch)
      throws InterruptedException {
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
    inference.submit(batch);
    assertThat(entered.await(60, TimeUnit.SECONDS)).isTrue();
  }

  private static void awaitFinished(Batch batch) {
    while (!batch.isFinished()) {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
