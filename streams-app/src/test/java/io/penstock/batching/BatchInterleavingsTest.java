package io.penstock.batching;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.departure.Departures;
import io.penstock.codec.DeadLetterReason;
import io.penstock.model.Rows;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A batch between its stream thread, the inference thread that runs it and the watchdog that gives
 * up on it: every order of their steps on one thread, and the steps themselves racing on several.
 * {@code -Dpenstock.races=N} races longer.
 */
class BatchInterleavingsTest {

  private static final int RACES = Integer.getInteger("penstock.races", 20_000);

  private static final BatchLimits LIMITS = new BatchLimits(4, Duration.ofMillis(1), 16, 1 << 20);
  private static final byte[] PREDICTION = {1};
  private static final RowFailure REFUSED =
      new RowFailure(DeadLetterReason.INFERENCE_FAILED, "refused");
  private static final IllegalStateException HANGS = new IllegalStateException("hangs");
  private static final IllegalStateException BROKEN = new IllegalStateException("broken");

  private final ExecutorService threads = Executors.newFixedThreadPool(2);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void shouldFinishOnceInWhateverOrderTheStepsCome() {
    List<Script> scripts =
        List.of(
            new Script(BatchInterleavingsTest::predict, Batch::complete),
            new Script(BatchInterleavingsTest::predict, batch -> batch.fail(BROKEN)),
            new Script(batch -> batch.giveUp(HANGS)),
            new Script(BatchInterleavingsTest::read, BatchInterleavingsTest::read));
    int orders = 0;
    for (Script run : scripts.subList(0, 2)) {
      for (List<Integer> order : orders(2, 1, 2)) {
        playAndCheck(List.of(run, scripts.get(2), scripts.get(3)), order);
        orders++;
      }
    }
    assertThat(orders).as("5! / (2! 1! 2!) of two runs each").isEqualTo(2 * 30);
  }

  @Test
  void shouldFinishOnceWhoeverWinsTheRace() throws Exception {
    FakeModel model = new FakeModel(1);
    InFlightBudget budget = new InFlightBudget(1000, 1000);
    Batch[] current = new Batch[1];
    CyclicBarrier barrier = new CyclicBarrier(3);
    Future<?> inference =
        race(
            barrier,
            () -> {
              predict(current[0]);
              current[0].complete();
            });
    Future<?> watchdog = race(barrier, () -> current[0].giveUp(HANGS));
    for (int i = 0; i < RACES; i++) {
      Batch batch = sealed(model, budget);
      current[0] = batch;
      await(barrier);
      while (!batch.isFinished()) {
        Thread.onSpinWait();
      }
      Throwable first = batch.failure();
      checkOutcome(batch);
      await(barrier);
      assertThat(batch.failure()).isSameAs(first);
      checkOutcome(batch);
      assertThat(model.leased()).as("leases").isZero();
      assertThat(budget.usedBytes()).as("budget").isZero();
    }
    inference.get();
    watchdog.get();
  }

  /** A stream thread that gathers, waits, flushes and drops, beside threads that finish. */
  @Test
  void shouldLoseNothingBetweenTheThreads() throws Exception {
    // given
    long seed = Long.getLong("penstock.property.seed", 20261122L);
    Random random = new Random(seed);
    FakeModel model = new FakeModel(1);
    VersionBinding version = model.binding();
    InFlightBudget budget = new InFlightBudget(1000, 200);
    BlockingQueue<Batch> queue = new LinkedBlockingQueue<>();
    Batcher batcher = new Batcher(LIMITS, budget, queue::add, System::nanoTime, reason -> {});
    List<Future<?>> finishers = List.of(finish(queue, seed), finish(queue, seed + 1));
    List<Batcher.Row> waited = new ArrayList<>();

    // when
    for (int i = 0; i < RACES; i++) {
      while (batcher.isFull()) {
        batcher.await(TimeUnit.SECONDS.toNanos(10));
      }
      waited.add(requireNonNull(batcher.add(version, FakeModel.input(i))));
      switch (random.nextInt(20)) {
        case 0 -> batcher.sealAll();
        case 1 -> batcher.tick();
        case 2 -> {
          batcher.abandon();
          waited.clear();
        }
        default -> {}
      }
      if (waited.size() == 64) {
        finishAll(batcher, waited);
      }
    }
    finishAll(batcher, waited);
    FakeModel unused = new FakeModel(2);
    for (int i = 0; i < finishers.size(); i++) {
      queue.add(sealed(unused, InFlightBudget.unlimited())); // To each the sign to stop.
    }
    for (Future<?> finisher : finishers) {
      finisher.get();
    }

    // then
    assertThat(batcher.isFull()).as("seed: %d", seed).isFalse();
    assertThat(budget.usedBytes()).as("seed: %d, budget", seed).isZero();
    assertThat(model.leased()).as("seed: %d, leases", seed).isZero();
  }

  /** As a commit does: seals, and waits for every row. */
  private static void finishAll(Batcher batcher, List<Batcher.Row> rows) {
    batcher.sealAll();
    for (Batcher.Row row : rows) {
      while (!row.batch().isFinished()) {
        batcher.await(TimeUnit.SECONDS.toNanos(10));
      }
      if (row.batch().failure() == null) {
        assertThat(row.batch().prediction(row.index())).isSameAs(PREDICTION);
      }
    }
    rows.clear();
  }

  private Future<?> finish(BlockingQueue<Batch> queue, long seed) {
    Random random = new Random(seed);
    return threads.submit(
        () -> {
          for (Batch batch = queue.take();
              batch.binding().id().version() == 1;
              batch = queue.take()) {
            if (random.nextInt(10) == 0) {
              batch.giveUp(HANGS);
            }
            for (int row = 0; row < batch.rows(); row++) {
              batch.predict(row, PREDICTION);
            }
            batch.complete();
          }
          return null;
        });
  }

  private Future<?> race(CyclicBarrier barrier, Runnable step) {
    return threads.submit(
        () -> {
          for (int i = 0; i < RACES; i++) {
            await(barrier);
            step.run();
            await(barrier);
          }
        });
  }

  private static void await(CyclicBarrier barrier) {
    try {
      barrier.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** What one thread does with a batch, step by step. */
  private record Script(List<Step> steps) {
    Script(Step... steps) {
      this(List.of(steps));
    }
  }

  @FunctionalInterface
  private interface Step {
    void run(Batch batch);
  }

  private static void playAndCheck(List<Script> scripts, List<Integer> order) {
    FakeModel model = new FakeModel(1);
    InFlightBudget budget = new InFlightBudget(1000, 1000);
    Batch batch = sealed(model, budget);
    int[] next = new int[scripts.size()];
    Throwable first = null;
    boolean finished = false;
    for (int thread : order) {
      scripts.get(thread).steps().get(next[thread]++).run(batch);
      if (finished) {
        assertThat(batch.failure()).as("order: %s", order).isSameAs(first);
      }
      finished = batch.isFinished();
      first = batch.failure();
      boolean runHasReturned = next[0] == scripts.get(0).steps().size();
      assertThat(model.leased()).as("order: %s", order).isEqualTo(runHasReturned ? 0 : 1);
      assertThat(budget.usedBytes()).as("order: %s", order).isEqualTo(finished ? 0 : 20);
    }
    assertThat(finished).as("order: %s", order).isTrue();
    checkOutcome(batch);
  }

  /** All orders of so many steps of each thread. */
  private static List<List<Integer>> orders(int... steps) {
    List<List<Integer>> orders = new ArrayList<>();
    boolean over = true;
    for (int thread = 0; thread < steps.length; thread++) {
      if (steps[thread] > 0) {
        over = false;
        int[] rest = steps.clone();
        rest[thread]--;
        for (List<Integer> tail : orders(rest)) {
          List<Integer> order = new ArrayList<>(List.of(thread));
          order.addAll(tail);
          orders.add(order);
        }
      }
    }
    return over ? List.of(List.of()) : orders;
  }

  private static Batch sealed(FakeModel model, InFlightBudget budget) {
    VersionBinding version = model.binding();
    InFlight inFlight = new InFlight(LIMITS, budget, new Departures());
    Batch batch = new Batch(version, version.acquire().orElseThrow(), null, inFlight, 0);
    batch.take(10, new byte[0], 0);
    batch.take(10, new byte[0], 0);
    batch.seal(Rows.of(version.signature().inputs(), 2), 0);
    return batch;
  }

  private static void predict(Batch batch) {
    batch.predict(0, PREDICTION);
    batch.fail(1, REFUSED);
  }

  private static void read(Batch batch) {
    if (batch.isFinished()) {
      checkOutcome(batch);
    }
  }

  private static void checkOutcome(Batch batch) {
    Throwable failure = batch.failure();
    if (failure == null) {
      assertThat(batch.prediction(0)).isSameAs(PREDICTION);
      assertThat(batch.rowFailure(1)).isSameAs(REFUSED);
    } else {
      assertThat(failure).isIn(HANGS, BROKEN);
    }
  }
}
