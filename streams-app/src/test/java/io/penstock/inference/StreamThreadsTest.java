package io.penstock.inference;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.departure.Departures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Stream threads that leave together and commit at random, and inference threads, all of them real:
 * however they interleave, every row is computed, and nobody sleeps through the end of a batch. A
 * wait lasts until something ends it: one wake-up that is lost, and the test does not end in time.
 */
final class StreamThreadsTest {

  private static final long SEED = Long.getLong("penstock.property.seed", 20261122L);
  private static final int THREADS = 3;
  private static final int ROWS = 20_000;
  private static final long FOR_EVER = TimeUnit.HOURS.toNanos(1);

  private final FakeModel model = new FakeModel(1);
  private final VersionBinding version = model.binding();
  private final Departures departures = new Departures();

  @Test
  void shouldComputeEveryRowWhateverLeavesTogether() throws Exception {
    // given
    InferenceSettings settings = new InferenceSettings(2, 1);
    List<Future<?>> streams = new ArrayList<>();
    ExecutorService executor = Executors.newFixedThreadPool(THREADS);
    // when
    try (InferenceThreads inference = InferenceThreads.start(settings, reason -> {})) {
      for (int thread = 0; thread < THREADS; thread++) {
        long seed = SEED + thread;
        streams.add(executor.submit(() -> stream(inference, seed)));
      }
      // then
      for (Future<?> stream : streams) {
        stream.get(2, TimeUnit.MINUTES);
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(model.leased()).isZero();
    assertThat(model.runs().stream().mapToInt(Integer::intValue).sum()).isEqualTo(THREADS * ROWS);
  }

  private void stream(InferenceThreads inference, long seed) {
    Random random = new Random(seed);
    BatchLimits limits = new BatchLimits(32, Duration.ofMillis(2), 128, 1 << 20);
    Batcher batcher =
        new Batcher(
            limits,
            InFlightBudget.unlimited(),
            departures,
            inference,
            System::nanoTime,
            reason -> {});
    List<Batcher.Row> uncommitted = new ArrayList<>();
    for (int number = 0; number < ROWS; number++) {
      while (batcher.isFull()) {
        batcher.await(FOR_EVER);
      }
      uncommitted.add(Objects.requireNonNull(batcher.add(version, FakeModel.input(number))));
      switch (random.nextInt(300)) {
        case 0 -> commit(batcher, uncommitted, number);
        case 1, 2, 3 -> rest(batcher, uncommitted);
        case 4, 5, 6, 7, 8, 9 -> batcher.tick();
        default -> {}
      }
    }
    commit(batcher, uncommitted, ROWS - 1);
  }

  /** As the lane does: only while outcomes are missing, which end the rest. */
  private static void rest(Batcher batcher, List<Batcher.Row> uncommitted) {
    if (uncommitted.stream().anyMatch(row -> !row.batch().isFinished())) {
      batcher.rest(FOR_EVER);
    }
  }

  private static void commit(Batcher batcher, List<Batcher.Row> uncommitted, int last) {
    batcher.sealAll();
    int number = last - uncommitted.size();
    for (Batcher.Row row : uncommitted) {
      while (!row.batch().isFinished()) {
        batcher.await(FOR_EVER);
      }
      assertThat(FakeModel.predicted(row.batch().prediction(row.index())))
          .isEqualTo(1_000_000 + ++number);
    }
    uncommitted.clear();
  }
}
