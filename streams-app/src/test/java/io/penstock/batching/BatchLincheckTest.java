package io.penstock.batching;

import io.penstock.batching.departure.Departures;
import io.penstock.model.Rows;
import java.time.Duration;
import java.util.Objects;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Validate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The hand-back of a batch under the interleavings of a run that ends, a watchdog that gives up and
 * a stream thread that looks: as if whole operations came one after the other, and its bytes come
 * back once. Lincheck makes the threads and their orders.
 */
@Tag("lincheck")
public final class BatchLincheckTest {

  /** Scenarios, each in many orders: {@code -Dpenstock.scenarios=100} for a long search. */
  private static final int ITERATIONS = Integer.getInteger("penstock.scenarios", 3);

  private static final int BYTES = 10;
  private static final BatchLimits LIMITS = new BatchLimits(4, Duration.ofMillis(1), 16, 1 << 20);

  private final InFlightBudget budget = new InFlightBudget(1000, 1000);
  private final Batch batch = sealed(budget);

  private static Batch sealed(InFlightBudget budget) {
    VersionBinding version = new FakeModel(1).binding();
    InFlight inFlight = new InFlight(LIMITS, budget, new Departures());
    Batch batch = new Batch(version, version.acquire().orElseThrow(), null, inFlight, 0);
    batch.take(BYTES, new byte[0], 0);
    batch.seal(Rows.of(version.signature().inputs(), 1), 0);
    return batch;
  }

  /** The run ends well. */
  @Operation(runOnce = true)
  public void complete() {
    batch.predict(0, new byte[] {1});
    batch.complete();
  }

  /** The run ends badly. */
  @Operation(runOnce = true)
  public void fail() {
    batch.fail(new IllegalStateException("broken"));
  }

  /** The watchdog gives up. */
  @Operation(runOnce = true)
  public void giveUp() {
    batch.giveUp(new IllegalStateException("hangs"));
  }

  /** The stream thread looks, and reads what it finds. */
  @Operation
  public String read() {
    if (!batch.isFinished()) {
      return "runs";
    }
    Throwable failure = batch.failure();
    return failure == null
        ? "predicted " + Objects.requireNonNull(batch.prediction(0))[0]
        : String.valueOf(failure.getMessage());
  }

  @Validate
  public void shouldGiveBackBytesOnce() {
    int expected = batch.isFinished() ? 0 : BYTES;
    if (budget.usedBytes() != expected) {
      throw new IllegalStateException(
          "bytes: %d (expected: %d)".formatted(budget.usedBytes(), expected));
    }
  }

  @Test
  void shouldLookAsIfOperationsCameOneByOne() {
    new ModelCheckingOptions()
        .threads(3)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(1)
        .iterations(ITERATIONS)
        .invocationsPerIteration(200)
        .check(BatchLincheckTest.class);
  }
}
