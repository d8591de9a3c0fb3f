package io.penstock.batching;

import static org.assertj.core.api.Assertions.assertThat;

import io.penstock.batching.departure.Departures;
import io.penstock.batching.shape.VariableLengths;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputRecord;
import io.penstock.codec.InputRecords;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.inference.ManualInference;
import io.penstock.model.Column;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random records, ticks, runs, failures, cutovers, retirements, flushes and losses of partitions
 * against the batchers of one to three stream threads, which leave together, in virtual time,
 * beside what is plainly expected of them.
 */
final class RandomWalk {

  private static final String OUT_OF_MEMORY = "out of memory";

  private static final int EVENTS = 250;
  private static final long MILLI = 1_000_000;
  private static final long QUIET = MILLI / 2;

  private final Random random;
  private final boolean openShapes;
  private final VariableLengths lengths;
  private final BatchLimits limits;
  private final int budgetRows;
  private final long budgetBytes;
  private final InFlightBudget budget;
  private final Departures departures = new Departures();
  private final List<Stream> streams = new ArrayList<>();

  /** Sealed batches that nobody has run yet; a run may take any of them. */
  private final List<Batch> waiting = new ArrayList<>();

  /** Every batch that was sealed; later its columns are reused. */
  private final Map<Batch, Sealed> sealed = new LinkedHashMap<>();

  private final List<FakeModel> models = new ArrayList<>();
  private final Map<FakeModel, VersionBinding> bindings = new HashMap<>();
  private long now;
  private int together;

  RandomWalk(long seed) {
    random = new Random(seed);
    openShapes = random.nextInt(3) > 0;
    lengths = openShapes ? randomLengths() : VariableLengths.NONE;
    int maxRows = 1 + random.nextInt(8);
    limits =
        new BatchLimits(
            maxRows,
            oneOf(20, 100, 1 << 20),
            Duration.ofMillis(random.nextInt(6)),
            null,
            maxRows * (1 + random.nextInt(4)),
            oneOf(150, 1 << 20));
    budgetBytes = oneOf(100, 1 << 20);
    budgetRows = oneOf(6, 1000);
    budget = new InFlightBudget(budgetRows, budgetBytes);
    int threads = 1 + random.nextInt(3);
    for (int thread = 0; thread < threads; thread++) {
      streams.add(new Stream());
    }
    deploy();
  }

  private VariableLengths randomLengths() {
    VariableLengths.Cost cost =
        random.nextBoolean() ? new VariableLengths.Cost("tokens", 1 + random.nextInt(30)) : null;
    Map<String, String> padding =
        random.nextInt(3) > 0 ? FakeModel.TOKENS_PADDED.padding() : Map.of();
    boolean buckets = !padding.isEmpty() && random.nextBoolean();
    return new VariableLengths(padding, buckets ? List.of(2, 5) : List.of(), cost);
  }

  private int oneOf(int... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A row, and what must become of it. */
  private record Taken(
      Batcher.Row row,
      FakeModel model,
      VersionBinding version,
      long number,
      int tokens,
      int pixels,
      long at) {

    Batch batch() {
      return row.batch();
    }
  }

  /**
   * How a batch was sealed.
   *
   * @param tokens of each of its rows
   */
  private record Sealed(Stream by, SealReason reason, long at, int tokens) {}

  void run() {
    for (int event = 0; event < EVENTS; event++) {
      Stream stream = streams.get(random.nextInt(streams.size()));
      switch (random.nextInt(40)) {
        case 0 -> deploy();
        case 1 -> models.get(random.nextInt(models.size())).retire();
        case 2, 3 -> stream.sealAll();
        case 4 -> stream.batcher.await(0);
        case 5 -> stream.abandon();
        case 6, 7, 8, 9, 10, 11 -> stream.tick();
        case 12, 13, 14 -> now += random.nextInt((int) QUIET);
        case 15, 16, 17, 18, 19, 20 -> runAny();
        default -> stream.add();
      }
      checkBudget();
      checkHeld();
    }
    streams.forEach(Stream::sealAll);
    while (!waiting.isEmpty()) {
      now += Batcher.HOLD_NANOS;
      runAny();
    }
    streams.forEach(Stream::tick);
    checkEnd();
  }

  int rows() {
    return (int) taken().count();
  }

  /** Batches that left along with another thread's. */
  int together() {
    return together;
  }

  private java.util.stream.Stream<Taken> taken() {
    return streams.stream().flatMap(stream -> stream.taken.stream());
  }

  private void deploy() {
    long version = models.size() + 1;
    FakeModel model = openShapes ? FakeModel.withOpenShapes(version) : new FakeModel(version);
    models.add(model);
    bindings.put(model, model.binding(lengths));
  }

  /** What one stream thread does with its batcher. */
  private final class Stream implements Inference {

    private final List<Taken> taken = new ArrayList<>();
    private final Batcher batcher =
        new Batcher(limits, budget, departures, this, () -> now, reason -> sealing = reason);
    private SealReason sealing = SealReason.ROWS;
    private long lastTick;
    private long lastRow = -QUIET;
    private int firstOfThread;

    @Override
    public void submit(Batch batch) {
      RandomWalk.this.submit(this, sealing, batch);
    }

    private List<Taken> live() {
      return taken.subList(firstOfThread, taken.size());
    }

    private void tick() {
      boolean quiet = waiting.isEmpty();
      now = Math.max(now, lastTick + MILLI);
      lastTick = now;
      quiet &= streams.stream().allMatch(stream -> now - stream.lastRow >= QUIET);
      batcher.tick();
      for (Taken row : live()) {
        if (!sealed.containsKey(row.batch())) {
          assertThat(quiet).as("%s waits though nothing runs", row).isFalse();
          assertThat(now - row.at).as("%s waits", row).isLessThan(limits.lingerNanos());
        }
      }
    }

    private void sealAll() {
      batcher.sealAll();
      for (Taken row : live()) {
        assertThat(sealed).as("sealed for a commit").containsKey(row.batch());
      }
      batcher.drained();
      batcher.resume();
      lastRow = now + QUIET;
    }

    private void add() {
      checkFull();
      if (batcher.isFull()) {
        return;
      }
      FakeModel model = models.get(models.size() - 1 - random.nextInt(Math.min(2, models.size())));
      long number = random.nextInt(12) == 0 ? -1 - random.nextInt(9) : random.nextInt(1000);
      int tokens = random.nextInt(random.nextInt(8) == 0 ? 60 : 7);
      int pixels = 1 + random.nextInt(2);
      InputRecord record =
          openShapes ? FakeModel.input(number, tokens, pixels) : FakeModel.input(number);
      if (random.nextInt(15) == 0) {
        addMalformed(model);
        return;
      }
      Batcher.Row row = batcher.add(bindings.get(model), record);
      if (row == null) {
        assertThat(model.isRetired()).as("a version gives no lease").isTrue();
        return;
      }
      taken.add(new Taken(row, model, bindings.get(model), number, tokens, pixels, now));
      lastRow = now;
    }

    private void addMalformed(FakeModel model) {
      try {
        batcher.add(bindings.get(model), InputRecords.of(new byte[3]));
      } catch (UndecodableRecordException e) {
        return;
      }
      throw new AssertionError("three bytes were taken for a record");
    }

    /** The partitions are lost. What is not sealed is not run; what is, finishes unread. */
    private void abandon() {
      batcher.abandon();
      for (Taken row : live()) {
        if (!sealed.containsKey(row.batch())) {
          assertThat(row.batch().isFinished()).isFalse();
        }
      }
      taken.removeIf(row -> !sealed.containsKey(row.batch()));
      firstOfThread = taken.size();
    }

    /** Whether a record has to wait is a matter of what is taken and not computed. */
    private void checkFull() {
      List<Batch> uncomputed =
          live().stream()
              .map(Taken::batch)
              .distinct()
              .filter(batch -> !batch.isFinished())
              .toList();
      int rows = uncomputed.stream().mapToInt(Batch::rows).sum();
      long bytes = uncomputed.stream().mapToLong(Batch::bytes).sum();
      boolean full =
          rows >= limits.maxInFlightRows()
              || bytes >= limits.maxInFlightBytes()
              || (rows > 0
                  && (budget.usedRows() >= budgetRows || budget.usedBytes() >= budgetBytes));
      assertThat(batcher.isFull()).as("full with %d rows, %d bytes", rows, bytes).isEqualTo(full);
    }
  }

  /** The batcher hands a batch over: it must be within every limit. */
  private void submit(Stream by, SealReason reason, Batch batch) {
    assertThat(sealed).as("sealed before").doesNotContainKey(batch);
    if (reason == SealReason.COMPANY) {
      together++;
      assertThat(sealed.values())
          .as("left with a batch of another thread, not long ago")
          .anyMatch(other -> other.by != by && now - other.at < Batcher.HOLD_NANOS);
    }
    sealed.put(batch, new Sealed(by, reason, now, tokens(batch)));
    waiting.add(batch);
    int rows = batch.rows();
    assertThat(rows).isBetween(1, limits.maxRows());
    long bytes = 0;
    for (int row = 0; row < rows; row++) {
      bytes += batch.inputs().valueBytes(row);
    }
    if (rows > 1) {
      assertThat(bytes).as("bytes of %d rows", rows).isLessThanOrEqualTo(limits.maxBytes());
    }
    assertThat(batch.bytes()).isGreaterThanOrEqualTo(bytes);
    VariableLengths.Cost cost = lengths.cost();
    if (cost != null && rows > 1) {
      assertThat((long) rows * tokens(batch)).as("cost").isLessThanOrEqualTo(cost.max());
    }
  }

  /** Runs any batch that is not held. */
  private void runAny() {
    List<Batch> ready = waiting.stream().filter(batch -> !batch.isHeld(now)).toList();
    if (ready.isEmpty()) {
      return;
    }
    Batch batch = ready.get(random.nextInt(ready.size()));
    waiting.remove(batch);
    if (random.nextInt(10) == 0) {
      batch.fail(new IllegalStateException(OUT_OF_MEMORY));
    } else {
      ManualInference inference = new ManualInference();
      inference.submit(batch);
      inference.runAll();
    }
  }

  /** Only what left with others is held for them, a millisecond and no longer. */
  private void checkHeld() {
    for (Batch batch : waiting) {
      Sealed how = sealed.get(batch);
      if (batch.isHeld(now)) {
        assertThat(streams).as("held alone").hasSizeGreaterThan(1);
        assertThat(now - how.at).as("held, %s", how.reason).isLessThan(Batcher.HOLD_NANOS);
        assertThat(batch.maxNanosHeld(now)).isBetween(1L, how.at + Batcher.HOLD_NANOS - now);
      }
    }
  }

  private void checkBudget() {
    long bytes =
        taken()
            .map(Taken::batch)
            .distinct()
            .filter(batch -> !batch.isFinished())
            .mapToLong(Batch::bytes)
            .sum();
    assertThat(budget.usedBytes()).as("budget used").isEqualTo(bytes);
  }

  private void checkEnd() {
    assertThat(streams).noneMatch(stream -> stream.batcher.isFull());
    assertThat(budget.usedBytes()).isZero();
    assertThat(models).allMatch(model -> model.leased() == 0);
    Map<Batch, List<Taken>> rows = new HashMap<>();
    taken().forEach(row -> rows.computeIfAbsent(row.batch(), b -> new ArrayList<>()).add(row));
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(sealed.keySet());
    rows.forEach(this::checkBatch);
  }

  private void checkBatch(Batch batch, List<Taken> rows) {
    assertThat(rows).hasSize(batch.rows());
    int longest = 0;
    for (int index = 0; index < rows.size(); index++) {
      Taken row = rows.get(index);
      assertThat(row.row.index()).isEqualTo(index);
      assertThat(batch.binding()).isSameAs(row.version);
      longest = Math.max(longest, padded(row));
      checkOutcome(batch, row);
    }
    if (openShapes) {
      assertThat(sealed.get(batch).tokens).as("length of %s", rows).isEqualTo(longest);
      assertThat(rows).extracting(Taken::pixels).containsOnly(rows.get(0).pixels);
      if (lengths.padding().isEmpty() || !lengths.lengthBuckets().isEmpty()) {
        assertThat(rows).extracting(this::padded).containsOnly(longest);
      }
    }
  }

  private static void checkOutcome(Batch batch, Taken row) {
    assertThat(batch.isFinished()).isTrue();
    if (batch.failure() != null) {
      assertThat(batch.failure()).hasMessageMatching(batch.isUnread() ? ".*" : OUT_OF_MEMORY);
    } else if (row.number < 0) {
      assertThat(batch.rowFailure(row.row.index()).reason())
          .isEqualTo(DeadLetterReason.INFERENCE_FAILED);
    } else {
      assertThat(FakeModel.predicted(batch.prediction(row.row.index())))
          .isEqualTo(row.model.id().version() * 1_000_000 + row.number);
    }
  }

  /** The least length that a row with that many tokens has in a batch. */
  private int padded(Taken row) {
    for (int bucket : lengths.lengthBuckets()) {
      int bytes = bucket * Integer.BYTES + row.pixels * 2 + Long.BYTES;
      if (row.tokens <= bucket && bytes <= limits.maxBytes()) {
        return bucket;
      }
    }
    return row.tokens;
  }

  private int tokens(Batch batch) {
    if (!openShapes) {
      return 0;
    }
    Column tokens = batch.inputs().column(1);
    return tokens.rowShape()[0];
  }

  @Override
  public String toString() {
    return streams.size()
        + " threads, "
        + limits
        + ", "
        + lengths
        + ", budget of "
        + budgetRows
        + " rows, "
        + budgetBytes
        + " bytes, at "
        + now
        + " ns";
  }
}
