package io.penstock.inference.schedule;

import io.penstock.batching.Batch;
import io.penstock.batching.BatchLimits;
import io.penstock.batching.Batcher;
import io.penstock.batching.FakeModel;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.VersionBinding;
import io.penstock.batching.departure.Departures;
import io.penstock.model.BatchSizes;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;

/**
 * A pipeline in virtual time: stream threads that fetch what arrives at random, each with a batcher
 * of its own, and inference threads that run what a {@link RunQueue} gives them. Not thread-safe.
 */
final class SimulatedThreads {

  private static final long MICRO = 1_000;
  private static final long MILLI = 1_000 * MICRO;
  private static final long SECOND = 1_000 * MILLI;

  /** Kafka Streams, for each record. */
  private static final long TAKE_NANOS = 4 * MICRO;

  /** A thread that waits for outcomes looks about so often; it would be woken in fact. */
  private static final long LOOK_NANOS = 60 * MICRO;

  /** What a commit takes once nothing is under way, and a fetch after it. */
  private static final long COMMIT_NANOS = 2 * MILLI;

  private static final int ROWS = 128;

  /**
   * @param perSecond records that arrive, over all threads
   * @param fetchMicros how often a broker answers, with what has come since
   * @param runMicros what a run takes
   * @param rowMicros what it takes for each row besides
   * @param commits how often each thread commits, whatever the others do; zero for never
   */
  record Load(
      int perSecond,
      int fetchMicros,
      Duration linger,
      int runMicros,
      double rowMicros,
      Duration commits) {

    Load(int perSecond, int fetchMicros, Duration linger, int runMicros, double rowMicros) {
      this(perSecond, fetchMicros, linger, runMicros, rowMicros, Duration.ZERO);
    }
  }

  private final Random random;
  private final Load load;
  private final RunQueue queue;
  private final VersionBinding binding;
  private final List<StreamThread> threads = new ArrayList<>();
  private final PriorityQueue<Event> events =
      new PriorityQueue<>(Comparator.comparingLong(Event::at).thenComparingLong(Event::number));
  private final Map<Batch, List<Long>> arrivals = new HashMap<>();
  private final List<Long> latencies = new ArrayList<>();
  private final List<Integer> runs = new ArrayList<>();
  private int idleInferenceThreads = 2;
  private long eventCount;
  private long now;

  private record Event(long at, long number, Runnable action) {}

  SimulatedThreads(long seed, int streamThreads, Load load) {
    this.random = new Random(seed);
    this.load = load;
    this.queue = new RunQueue(idleInferenceThreads);
    this.binding = new FakeModel(1).binding(FakeModel.terms("payments", 1, BatchSizes.upTo(ROWS)));
    Departures departures = new Departures();
    for (int i = 0; i < streamThreads; i++) {
      threads.add(new StreamThread(departures, load.perSecond / (double) streamThreads));
    }
  }

  /** Lets time pass. */
  void run(Duration duration) {
    threads.forEach(thread -> at(random.nextLong(load.fetchMicros * MICRO), thread::fetch));
    threads.forEach(thread -> at(0, thread::work));
    while (now < duration.toNanos()) {
      Event event = events.remove();
      now = event.at;
      event.action.run();
    }
  }

  double averageRows() {
    return runs.stream().mapToInt(Integer::intValue).average().orElse(0);
  }

  double latencyMillis(double quantile) {
    long[] sorted = latencies.stream().mapToLong(Long::longValue).sorted().toArray();
    return sorted[(int) (quantile * (sorted.length - 1))] / (double) MILLI;
  }

  @Override
  public String toString() {
    return "%.1f rows a run, p50 %.2f ms, p99 %.2f ms"
        .formatted(averageRows(), latencyMillis(0.5), latencyMillis(0.99));
  }

  private void at(long time, Runnable action) {
    events.add(new Event(time, eventCount++, action));
  }

  private final class StreamThread {

    private final double nanosBetween;
    private final Batcher batcher;
    private final ArrayDeque<Long> fetched = new ArrayDeque<>();
    private final List<Batch> awaited = new ArrayList<>();
    private double nextArrival;
    private long lastTick;
    private long nextCommit;
    private boolean commits;

    StreamThread(Departures departures, double perSecond) {
      this.nanosBetween = SECOND / perSecond;
      this.batcher =
          new Batcher(
              new BatchLimits(ROWS, load.linger, 4096, 64 << 20),
              InFlightBudget.unlimited(),
              departures,
              new QueuedInference(),
              () -> now,
              reason -> {});
    }

    private void fetch() {
      if (commits) {
        return;
      }
      while (nextArrival <= now) {
        fetched.add((long) nextArrival);
        nextArrival -= Math.log(1 - random.nextDouble()) * nanosBetween;
      }
      at(now + load.fetchMicros * MICRO, this::fetch);
    }

    /** Waits until nothing is under way; takes no record meanwhile, and fetches none. */
    private void commit() {
      batcher.await(0);
      awaited.removeIf(Batch::isFinished);
      if (!awaited.isEmpty()) {
        at(now + LOOK_NANOS / 2 + random.nextInt((int) LOOK_NANOS), this::commit);
        return;
      }
      batcher.drained();
      nextCommit = now + load.commits.toNanos();
      at(
          now + COMMIT_NANOS,
          () -> {
            commits = false;
            batcher.resume();
            at(now + load.fetchMicros * MICRO, this::fetch);
            work();
          });
    }

    /** One record, or a look at what is due. */
    private void work() {
      if (nextCommit == 0 && !load.commits.isZero()) {
        nextCommit = now + random.nextLong(load.commits.toNanos());
      }
      if (nextCommit > 0 && now >= nextCommit) {
        commits = true;
        batcher.sealAll();
        commit();
        return;
      }
      Long arrival = fetched.poll();
      if (arrival == null || now - lastTick >= MILLI) {
        batcher.tick();
        lastTick = now;
      }
      if (arrival == null) {
        at(now + LOOK_NANOS / 2 + random.nextInt((int) LOOK_NANOS), this::work);
        return;
      }
      // It will be the next row of a batch, which may be sealed and submitted with it at once.
      Batcher.Row row = Objects.requireNonNull(batcher.add(binding, FakeModel.input(1)));
      if (awaited.isEmpty() || awaited.get(awaited.size() - 1) != row.batch()) {
        awaited.removeIf(Batch::isFinished);
        awaited.add(row.batch());
      }
      arrivals.computeIfAbsent(row.batch(), batch -> new ArrayList<>()).add(arrival);
      at(now + TAKE_NANOS, this::work);
    }
  }

  private final class QueuedInference implements Inference {

    @Override
    public void submit(Batch batch) {
      queue.add(batch, now);
      at(now, SimulatedThreads.this::runNext);
    }

    @Override
    public void hurry() {
      at(now, SimulatedThreads.this::runNext);
    }
  }

  private void runNext() {
    if (idleInferenceThreads == 0) {
      return;
    }
    Run run = queue.take(now);
    if (run == null) {
      long held = queue.nanosHeld(now);
      if (held != Long.MAX_VALUE) {
        at(now + held, this::runNext);
      }
      return;
    }
    idleInferenceThreads--;
    runs.add(run.rows());
    long nanos = (long) ((load.runMicros + load.rowMicros * run.rows()) * MICRO);
    at(now + nanos, () -> ended(run));
    runNext();
  }

  private void ended(Run run) {
    run.complete();
    run.complete();
    queue.ended(run, now);
    arrivals
        .entrySet()
        .removeIf(
            entry -> {
              boolean finished = entry.getKey().isFinished();
              if (finished) {
                entry.getValue().forEach(arrival -> latencies.add(now - arrival));
              }
              return finished;
            });
    idleInferenceThreads++;
    runNext();
  }
}
