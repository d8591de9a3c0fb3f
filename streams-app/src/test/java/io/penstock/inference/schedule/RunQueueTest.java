package io.penstock.inference.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.Batch;
import io.penstock.batching.FakeModel;
import io.penstock.batching.SealedBatches;
import io.penstock.batching.VersionBinding;
import io.penstock.model.BatchSizes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class RunQueueTest {

  private static final long MILLI = 1_000_000;

  private long now;

  @Test
  void shouldRunWhatACommitWaitsForFirst() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding payments = pipeline("payments", 100);
    VersionBinding tickets = pipeline("tickets", 1);
    Batch waitedFor = SealedBatches.urgent(tickets, 1);
    // when
    queue.add(SealedBatches.of(payments, 1), now);
    queue.add(SealedBatches.of(tickets, 1, 2, 3, 4), now);
    queue.add(waitedFor, now);
    // then
    Run first = take(queue);
    assertThat(first.binding()).isSameAs(tickets);
    assertThat(first.rows()).isEqualTo(1);
  }

  @Test
  void shouldGiveAPipelineThatCommitsAllTheTimeNoMoreThanItsShare() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding eager = pipeline("eager", 1);
    VersionBinding patient = pipeline("patient", 1);
    Map<String, Integer> runs = new HashMap<>();
    // when
    for (int i = 0; i < 1_000; i++) {
      queue.add(SealedBatches.urgent(eager, 1, 2, 3, 4), now);
      queue.add(SealedBatches.of(patient, 1, 2, 3, 4), now);
    }
    for (int i = 0; i < 1_000; i++) {
      runs.merge(runNext(queue, 5), 1, Integer::sum);
    }
    // then: half of them, but for what it may be ahead by, in runs of 5 ms
    assertThat(runs.get("eager")).isBetween(500, 500 + 3);
  }

  @Test
  void shouldRunTogetherWhatWaitsOfAVersionUpToTheMostRows() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding payments = pipeline("payments", 1);
    VersionBinding newer = payments.in(7);
    // when
    queue.add(SealedBatches.of(payments, 1, 2), now);
    queue.add(SealedBatches.of(newer, 3), now);
    queue.add(SealedBatches.of(payments, 4), now);
    queue.add(SealedBatches.of(payments, 5, 6), now);
    queue.add(SealedBatches.of(payments, 7), now);
    // then: 2 + 1 and not 2 more, but 1
    assertThat(rows(queue, 3)).containsExactly(4, 1, 2);
  }

  @Test
  void shouldFillRunsWhenThreadsAreSaturatedThoughBatchesAreSmall() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding payments =
        new FakeModel(1).binding(FakeModel.terms("payments", 1, BatchSizes.upTo(128)));
    long runs = 0;
    long rows = 0;
    // when: during each run of 5 ms two stream threads seal sixteen batches of 5 rows each
    for (int i = 0; i < 100; i++) {
      for (int batch = 0; batch < 32; batch++) {
        queue.add(SealedBatches.of(payments, 1, 2, 3, 4, 5), now);
      }
      Run run = take(queue);
      runs++;
      rows += run.rows();
      now += 5 * MILLI;
      run.complete();
      queue.ended(run, now);
    }
    // then
    assertThat(rows / (double) runs).isGreaterThan(0.97 * 128);
  }

  @Test
  void shouldNotLetAPipelineSaveUpTimeInWhichItWasIdle() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding steady = pipeline("steady", 1);
    VersionBinding late = pipeline("late", 1);
    run(queue, SealedBatches.of(late, 1), 10);
    for (int i = 0; i < 100; i++) {
      run(queue, SealedBatches.of(steady, 1), 10);
    }
    // when
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      queue.add(SealedBatches.of(steady, 1, 2, 3, 4), now);
      queue.add(SealedBatches.of(late, 1, 2, 3, 4), now);
    }
    for (int i = 0; i < 10; i++) {
      order.add(runNext(queue, 10));
    }
    // then
    assertThat(order.stream().filter("late"::equals).count()).isBetween(4L, 6L);
  }

  @Test
  void shouldLeaveAThreadToShortRunsBesideASlowModel() {
    // given
    RunQueue queue = new RunQueue(2);
    VersionBinding slow = pipeline("slow", 1);
    VersionBinding fast = pipeline("fast", 1);
    run(queue, SealedBatches.of(slow, 1), 500);
    run(queue, SealedBatches.of(fast, 1), 1);
    queue.add(SealedBatches.urgent(slow, 1, 2, 3, 4), now);
    queue.add(SealedBatches.urgent(slow, 1, 2, 3, 4), now);
    // when
    Run first = take(queue);
    Run none = queue.take(now);
    queue.add(SealedBatches.of(fast, 1), now);
    Run second = take(queue);
    // then
    assertThat(first.binding()).isSameAs(slow);
    assertThat(none).isNull();
    assertThat(second.binding()).isSameAs(fast);
    first.complete();
    queue.ended(first, now);
    assertThat(take(queue).binding()).isSameAs(slow);
  }

  @Test
  void shouldGiveASlowModelAllThreadsWhenItIsAlone() {
    // given
    RunQueue queue = new RunQueue(2);
    VersionBinding slow = pipeline("slow", 1);
    run(queue, SealedBatches.of(pipeline("fast", 1), 1), 1);
    run(queue, SealedBatches.of(slow, 1), 500);
    queue.add(SealedBatches.of(slow, 1, 2, 3, 4), now);
    queue.add(SealedBatches.of(slow, 1, 2, 3, 4), now);
    // when
    now += RunQueue.ACTIVE_NANOS;
    // then
    assertThat(take(queue).binding()).isSameAs(slow);
    assertThat(take(queue).binding()).isSameAs(slow);
  }

  @Test
  void shouldRunNoMoreOfAVersionWhileOneOfItsRunsIsOverdue() {
    // given
    RunQueue queue = new RunQueue(4);
    VersionBinding slow = pipeline("slow", 1);
    VersionBinding other = new FakeModel(2).binding(slow.terms());
    run(queue, SealedBatches.of(slow, 1), 20);
    queue.add(SealedBatches.of(slow, 1, 2, 3, 4), now);
    Run hangs = take(queue);
    hangs.enterModel(now);
    queue.add(SealedBatches.urgent(slow, 1, 2, 3, 4), now);
    queue.add(SealedBatches.urgent(slow, 1, 2, 3, 4), now);
    queue.add(SealedBatches.of(other, 1), now);
    // when
    now += RunTimes.OVERDUE_FACTOR * 20 * MILLI;
    Run inTime = take(queue);
    inTime.complete();
    queue.ended(inTime, now);
    now++;
    Run ofOther = take(queue);
    Run none = queue.take(now);
    hangs.complete();
    queue.ended(hangs, now);
    // then
    assertThat(inTime.binding()).isSameAs(slow);
    assertThat(ofOther.binding()).isSameAs(other);
    assertThat(none).isNull();
    assertThat(take(queue).binding()).isSameAs(slow);
  }

  @Test
  void shouldLetOtherSlowPipelinesRunWhileASlowRunHangs() {
    // given two threads, a fast pipeline and two slow ones
    RunQueue queue = new RunQueue(2);
    VersionBinding fast = pipeline("fast", 1);
    VersionBinding hanging = pipeline("hanging", 1);
    VersionBinding slow = pipeline("slow", 1);
    run(queue, SealedBatches.of(fast, 1), 1);
    run(queue, SealedBatches.of(hanging, 1), 100);
    run(queue, SealedBatches.of(slow, 1), 100);
    queue.add(SealedBatches.of(hanging, 1), now);
    take(queue).enterModel(now);
    queue.add(SealedBatches.of(slow, 1), now);
    // when
    Run tooEarly = queue.take(now);
    now += RunTimes.OVERDUE_FACTOR * 100 * MILLI + 1;
    // then
    assertThat(tooEarly).isNull();
    assertThat(take(queue).binding()).isSameAs(slow);
  }

  @Test
  void shouldNotTakeARunForOverdueBecauseTheMachineWasBusyForAMoment() {
    // given
    RunQueue queue = new RunQueue(4);
    VersionBinding fast = pipeline("fast", 1);
    run(queue, SealedBatches.of(fast, 1), 1);
    queue.add(SealedBatches.of(fast, 1, 2, 3, 4), now);
    take(queue).enterModel(now);
    queue.add(SealedBatches.of(fast, 1), now);
    // when
    now += RunTimes.OVERDUE_NANOS;
    // then
    assertThat(queue.take(now)).isNotNull();
  }

  @Test
  void shouldTryAVersionWithOneRunFirst() {
    // given
    RunQueue queue = new RunQueue(4);
    VersionBinding payments = pipeline("payments", 1);
    queue.add(SealedBatches.of(payments, 1, 2, 3, 4), now);
    queue.add(SealedBatches.of(payments, 1, 2, 3, 4), now);
    queue.add(SealedBatches.of(payments, 1, 2, 3, 4), now);
    // when
    Run first = take(queue);
    Run none = queue.take(now);
    first.complete();
    queue.ended(first, now);
    // then
    assertThat(none).isNull();
    assertThat(take(queue)).isNotNull();
    assertThat(take(queue)).isNotNull();
  }

  @Test
  void shouldNotChargeAPipelineForARunThatWasGivenUpOn() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding hanging = pipeline("struck", 1);
    VersionBinding next = new FakeModel(2).binding(hanging.terms());
    VersionBinding other = pipeline("other", 1);
    run(queue, SealedBatches.of(other, 1), 10);
    run(queue, SealedBatches.of(hanging, 1), 10);
    queue.add(SealedBatches.of(hanging, 1), now);
    Run hangs = take(queue);
    // when
    now += 30_000 * MILLI;
    queue.givenUp(hangs);
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      queue.add(SealedBatches.of(next, 1, 2, 3, 4), now);
      queue.add(SealedBatches.of(other, 1, 2, 3, 4), now);
    }
    for (int i = 0; i < 10; i++) {
      order.add(runNext(queue, 10));
    }
    // then
    assertThat(order.stream().filter("struck"::equals).count()).isBetween(4L, 6L);
  }

  @Test
  void shouldTakeOutWhatWaitsOfAVersion() {
    // given
    RunQueue queue = new RunQueue(1);
    VersionBinding payments = pipeline("payments", 1);
    queue.add(SealedBatches.of(payments, 1), now);
    queue.add(SealedBatches.of(payments.in(7), 1), now);
    // when
    List<Batch> removed = queue.removeAll(payments);
    // then
    assertThat(removed).hasSize(1);
    assertThat(rows(queue, 1)).containsExactly(1);
    assertThat(queue.hasWaiting()).isFalse();
  }

  /**
   * Pipelines of random weights, sizes and speeds, all with something waiting, on one to four
   * threads: the time that each was given keeps to its share, to within a run of each and thread.
   */
  @Test
  void shouldShareTimeByWeightWhileAllWantIt() {
    for (long seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Simulation simulation = new Simulation(random);
      simulation.run(2_000);
      assertThat(simulation.unfairness())
          .as("seed %s: %s", seed, simulation.given)
          .isLessThanOrEqualTo(simulation.bound());
    }
  }

  private final class Simulation {

    private final Random random;
    private final int threads;
    private final RunQueue queue;
    private final List<VersionBinding> pipelines = new ArrayList<>();
    private final Map<VersionBinding, Long> slowest = new HashMap<>();
    private final Map<VersionBinding, Long> given = new HashMap<>();
    private final Map<Run, Long> ends = new HashMap<>();

    Simulation(Random random) {
      this.random = random;
      this.threads = 1 + random.nextInt(4);
      this.queue = new RunQueue(threads);
      int count = threads + 1 + random.nextInt(4);
      for (int i = 0; i < count; i++) {
        VersionBinding pipeline = pipeline("p" + i, 1 + random.nextInt(5));
        pipelines.add(pipeline);
        // Not longer than what counts as long: the rule for those is another.
        slowest.put(pipeline, (1 + random.nextInt(40)) * MILLI);
        given.put(pipeline, 0L);
        for (int waiting = 0; waiting <= 4 * threads; waiting++) {
          queue.add(SealedBatches.of(pipeline, 1, 2, 3, 4), now);
        }
      }
    }

    void run(int runs) {
      for (int i = 0; i < runs; i++) {
        while (ends.size() < threads) {
          Run run = queue.take(now);
          if (run == null) {
            break;
          }
          long took = slowest.get(run.binding()) / 2;
          took += (long) (random.nextDouble() * took);
          ends.put(run, now + took);
          given.merge(run.binding(), took, Long::sum);
          queue.add(SealedBatches.of(run.binding(), 1, 2, 3, 4), now);
        }
        Run next =
            ends.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow().getKey();
        now = ends.remove(next);
        next.complete();
        queue.ended(next, now);
      }
    }

    private double perShare(VersionBinding pipeline, long nanos) {
      return nanos / (double) pipeline.terms().share();
    }

    /** The widest gap between what two pipelines were given, per share. */
    double unfairness() {
      double most = pipelines.stream().mapToDouble(p -> perShare(p, given.get(p))).max().orElse(0);
      double least = pipelines.stream().mapToDouble(p -> perShare(p, given.get(p))).min().orElse(0);
      return most - least;
    }

    double bound() {
      double longest =
          pipelines.stream().mapToDouble(p -> perShare(p, slowest.get(p))).max().orElse(0);
      return (threads + 1) * 2 * longest;
    }
  }

  private void run(RunQueue queue, Batch batch, int millis) {
    queue.add(batch, now);
    runNext(queue, millis);
  }

  private String runNext(RunQueue queue, int millis) {
    Run run = take(queue);
    now += millis * MILLI;
    run.complete();
    queue.ended(run, now);
    return run.binding().terms().pipeline();
  }

  private List<Integer> rows(RunQueue queue, int runs) {
    List<Integer> rows = new ArrayList<>();
    for (int i = 0; i < runs; i++) {
      Run run = take(queue);
      rows.add(run.rows());
      run.complete();
      queue.ended(run, now);
    }
    return rows;
  }

  private Run take(RunQueue queue) {
    Run run = queue.take(now);
    assertThat(run).isNotNull();
    return run;
  }

  private static VersionBinding pipeline(String name, int share) {
    return new FakeModel(1).binding(FakeModel.terms(name, share, BatchSizes.upTo(4)));
  }
}
