package io.penstock.batching.auto;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.plan.BatchPlan;
import io.penstock.batching.plan.BatchTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Tuning of simulated pipelines, against the best fixed setting and against its own promises. */
class AutoBatchingTest {

  private static final Duration GOAL = Duration.ofMillis(20);
  private static final int MAX_ROWS = 256;
  private static final int SEEDS = Integer.getInteger("seeds", 1);

  private final AutoBatching auto =
      new AutoBatching("p", TuningLimits.upTo(MAX_ROWS, GOAL, 1, 1), 0);

  static Stream<Arguments> models() {
    return Stream.of(
            ModelCurve.MLP, ModelCurve.CNN, ModelCurve.TOKENS, ModelCurve.LINEAR, ModelCurve.SLOW)
        .flatMap(AutoBatchingTest::withSeeds);
  }

  private static Stream<Arguments> withSeeds(Object... arguments) {
    return new Random(20).longs(SEEDS).mapToObj(seed -> with(seed, arguments));
  }

  private static Arguments with(long seed, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.add(seed);
    return Arguments.of(all.toArray());
  }

  @ParameterizedTest
  @MethodSource("models")
  void shouldDrainABacklogNearlyAsFastAsTheBestFixedSize(ModelCurve model, long seed) {
    SimulatedPipeline tuned = tuned(seed, model);
    tuned.pile(1_000_000_000);
    tuned.run(model == ModelCurve.SLOW ? 40 : 10, 0);
    long before = tuned.computed();

    tuned.run(10, 0);

    assertThat(tuned.computed() - before)
        .as("rows of %s with seed %d and %s", model, seed, auto.target())
        .isGreaterThanOrEqualTo((long) (0.9 * mostComputedWithFixedSize(model, seed)));
  }

  private static long mostComputedWithFixedSize(ModelCurve model, long seed) {
    long most = 0;
    for (int rows = 1; rows <= MAX_ROWS; rows *= 2) {
      SimulatedPipeline fixed =
          new SimulatedPipeline(seed, BatchPlan.fixed(rows, Duration.ofMillis(5)), model);
      fixed.pile(1_000_000_000);
      fixed.run(10, 0);
      most = Math.max(most, fixed.computed());
    }
    return most;
  }

  static Stream<Arguments> loads() {
    return Stream.of(ModelCurve.MLP, ModelCurve.CNN, ModelCurve.TOKENS)
        .flatMap(model -> Stream.of(0.0005, 0.2, 0.5, 0.7).flatMap(load -> withSeeds(model, load)));
  }

  @ParameterizedTest
  @MethodSource("loads")
  void shouldMeetTheGoalAndStayCalmWhileNotOverloaded(ModelCurve model, double load, long seed) {
    double rate = load * SimulatedPipeline.capacity(model);
    SimulatedPipeline pipeline = tuned(seed, model);
    pipeline.pile((long) SimulatedPipeline.capacity(model));
    pipeline.run(60, rate);
    int changes = auto.changes();
    pipeline.latencies().clear();

    pipeline.run(60, rate);

    assertThat(pipeline.latencies().millis(0.99))
        .as("p99 of %s at load %s with seed %d and %s", model, load, seed, auto.target())
        .isLessThanOrEqualTo(GOAL.toMillis());
    assertThat(auto.changes() - changes)
        .as("changes of %s at load %s with seed %d", model, load, seed)
        .isLessThanOrEqualTo(1);
  }

  static Stream<Arguments> heavyLoads() {
    return Stream.of(ModelCurve.CNN, ModelCurve.TOKENS, ModelCurve.LINEAR, ModelCurve.SLOW)
        .flatMap(model -> Stream.of(0.8, 0.95, 1.1).flatMap(load -> withSeeds(model, load)));
  }

  @ParameterizedTest
  @MethodSource("heavyLoads")
  void shouldNotSwingAtTheEdgeOfWhatItCanDo(ModelCurve model, double load, long seed) {
    double rate = load * SimulatedPipeline.capacity(model);
    SimulatedPipeline pipeline = tuned(seed, model);
    pipeline.run(90, rate);
    int changes = auto.changes();

    pipeline.run(180, rate);

    assertThat(auto.changes() - changes)
        .as("changes of %s at load %s with seed %d and %s", model, load, seed, auto.target())
        .isLessThanOrEqualTo(3);
  }

  static Stream<Arguments> steps() {
    return Stream.of(ModelCurve.MLP, ModelCurve.CNN, ModelCurve.TOKENS)
        .flatMap(AutoBatchingTest::withSeeds);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void shouldFollowTheInput(ModelCurve model, long seed) {
    SimulatedPipeline pipeline = tuned(seed, model);
    double capacity = SimulatedPipeline.capacity(model);
    pipeline.run(60, 0.01 * capacity);
    BatchTarget quiet = auto.target();
    pipeline.run(30, 0.6 * capacity);
    pipeline.pile((long) (20 * capacity));
    pipeline.run(5, 0.6 * capacity);
    long before = pipeline.computed();

    pipeline.run(5, 0.6 * capacity);
    double drained = (pipeline.computed() - before) / 5.0;
    pipeline.run(120, 0.01 * capacity);

    assertThat(drained)
        .as("records a second, of %s with seed %d and %s", model, seed, auto.target())
        .isGreaterThan(0.85 * capacity);
    assertThat(auto.target().lingerNanos()).isEqualTo(quiet.lingerNanos());
    assertThat(pipeline.waiting()).isLessThan(10);
  }

  @ParameterizedTest
  @MethodSource("steps")
  void shouldLearnAnewWhenAnotherVersionServes(ModelCurve model, long seed) {
    long cutover = 10_000_000_000L;
    LongFunction<ModelCurve> models = at -> at < cutover ? model : ModelCurve.CNN;
    SimulatedPipeline pipeline =
        new SimulatedPipeline(seed, auto, models, at -> at < cutover ? 1 : 2);
    pipeline.pile(1_000_000_000);
    pipeline.run(20, 0);
    long before = pipeline.computed();

    pipeline.run(5, 0);

    assertThat((pipeline.computed() - before) / 5.0)
        .as("rows a second after %s, with seed %d; %s", model, seed, auto.target())
        .isGreaterThanOrEqualTo(0.88 * SimulatedPipeline.capacity(ModelCurve.CNN));
  }

  @Test
  void shouldRunSingleRowsWhileNothingIsKnown() {
    for (long now = 0; now < 10_000_000_000L; now += 100_000_000) {
      auto.waits("thread", "partitions", 1_000);
      auto.step(now, 0, 0);
    }

    assertThat(auto.target().rows()).isEqualTo(1);
    assertThat(auto.changes()).isZero();
  }

  @Test
  void shouldNotMindWhatCannotBe() {
    Random random = new Random(5);
    for (long now = 0; now < 600_000_000_000L; now += 50_000_000) {
      auto.ran(random.nextInt(3) - 1, random.nextInt(300) - 20, random.nextLong());
      auto.waits("thread", random.nextInt(2), random.nextLong() >> random.nextInt(64));
      auto.step(
          now - random.nextInt(500_000_000),
          random.nextLong() >> random.nextInt(64),
          random.nextLong() >> random.nextInt(64));

      assertThat(auto.target().rows()).isBetween(1, MAX_ROWS);
    }
  }

  private SimulatedPipeline tuned(long seed, ModelCurve model) {
    return new SimulatedPipeline(seed, auto, model);
  }
}
