package io.penstock.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.inference.schedule.SimulatedThreads.Load;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Several stream threads make as large runs as one does of the same records, and as soon. */
final class LeavingTogetherTest {

  private static final long SEED = Long.getLong("penstock.property.seed", 20261122L);
  private static final Duration LINGER = Duration.ofMillis(5);
  private static final Duration SHORT_LINGER = Duration.ofMillis(2);

  /** One thread makes runs of 32 rows and more of these. */
  static List<Load> busy() {
    return List.of(
        new Load(20_000, 300, LINGER, 200, 1),
        new Load(30_000, 300, LINGER, 200, 1),
        new Load(40_000, 300, LINGER, 200, 1),
        new Load(20_000, 300, SHORT_LINGER, 200, 1),
        new Load(10_000, 300, LINGER, 3_000, 10),
        new Load(20_000, 300, LINGER, 3_000, 10),
        new Load(20_000, 700, LINGER, 3_000, 10),
        new Load(10_000, 300, LINGER, 10_000, 10));
  }

  @ParameterizedTest
  @MethodSource("busy")
  void shouldFillRunsAcrossStreamThreadsAsIfThereWereOne(Load load, TestReporter figures) {
    Comparison two = new Comparison(2, load);
    assertThat(two.one.averageRows()).as("%s", two).isGreaterThan(32);
    assertThat(two.rows()).as("%s", two).isGreaterThan(0.9);
    assertThat(two.latency(0.99)).as("%s", two).isLessThan(1.1);
    Comparison four = new Comparison(4, load);
    figures.publishEntry(Map.of("two", two.toString(), "four", four.toString()));
    assertThat(four.rows()).as("%s", four).isGreaterThan(0.8);
    assertThat(four.latency(0.99)).as("%s", four).isLessThan(1.1);
  }

  /** Each thread commits when it wants to, and then takes nothing for as long as a run. */
  static List<Load> committing() {
    Duration second = Duration.ofSeconds(1);
    return List.of(
        new Load(2_000, 500, Duration.ofMillis(60), 40_000, 1, second),
        new Load(40_000, 500, LINGER, 200, 1, second),
        new Load(500, 500, LINGER, 200, 1, second));
  }

  @ParameterizedTest
  @MethodSource("committing")
  void shouldNotMakeRecordsWaitForEachOthersCommits(Load load, TestReporter figures) {
    Comparison two = new Comparison(2, load, Duration.ofSeconds(20));
    figures.publishEntry("two", two.toString());
    assertThat(two.rows()).as("%s", two).isGreaterThan(0.9);
    assertThat(two.latency(0.99)).as("%s", two).isLessThan(1.1);
  }

  /** There is little to join of these, and it is not waited for. */
  static List<Load> calm() {
    return List.of(
        new Load(500, 300, LINGER, 150, 1),
        new Load(2_000, 300, LINGER, 150, 1),
        new Load(8_000, 300, LINGER, 100, 0.5),
        new Load(2_000, 700, LINGER, 150, 1),
        new Load(20_000, 700, LINGER, 200, 1),
        new Load(500, 300, LINGER, 3_000, 10));
  }

  @ParameterizedTest
  @MethodSource("calm")
  void shouldNotMakeRecordsWaitLongerThanOneThreadDoes(Load load) {
    for (int threads : new int[] {2, 4}) {
      Comparison comparison = new Comparison(threads, load);
      assertThat(comparison.latency(0.5)).as("%s", comparison).isLessThan(1.1);
      assertThat(comparison.latency(0.99)).as("%s", comparison).isLessThan(1.25);
    }
  }

  /** The same load on one stream thread, and on several. */
  private static final class Comparison {

    private final SimulatedThreads one;
    private final SimulatedThreads several;
    private final int threads;

    Comparison(int threads, Load load) {
      this(threads, load, Duration.ofSeconds(3));
    }

    Comparison(int threads, Load load, Duration duration) {
      this.threads = threads;
      this.one = new SimulatedThreads(SEED, 1, load);
      this.several = new SimulatedThreads(SEED, threads, load);
      one.run(duration);
      several.run(duration);
    }

    double rows() {
      return several.averageRows() / one.averageRows();
    }

    double latency(double quantile) {
      return several.latencyMillis(quantile) / one.latencyMillis(quantile);
    }

    @Override
    public String toString() {
      return "seed %s, one thread: %s; %s threads: %s".formatted(SEED, one, threads, several);
    }
  }
}
