package io.penstock.batching;

import io.penstock.batching.departure.Departures;
import io.penstock.model.Rows;
import java.time.Duration;

/** Makes batches of a {@link FakeModel} without a batcher. */
public final class SealedBatches {

  private SealedBatches() {}

  /** A sealed batch of those numbers. */
  public static Batch of(VersionBinding binding, long... numbers) {
    Rows inputs = Rows.of(binding.signature().inputs(), numbers.length);
    BatchLimits limits = new BatchLimits(numbers.length, Duration.ZERO, numbers.length, 1 << 20);
    InFlight inFlight = new InFlight(limits, new ByteBudget(1 << 20), new Departures());
    Batch batch = new Batch(binding, binding.acquire().orElseThrow(), null, inFlight, 0);
    for (long number : numbers) {
      binding.newDecoder().decode(FakeModel.record(number), inputs, batch.rows());
      batch.take(Long.BYTES, (batch.rows() + 1L) * Long.BYTES);
    }
    batch.seal(inputs);
    return batch;
  }

  /** The same, with a commit that waits for it. */
  public static Batch urgent(VersionBinding binding, long... numbers) {
    Batch batch = of(binding, numbers);
    batch.hurry();
    return batch;
  }
}
