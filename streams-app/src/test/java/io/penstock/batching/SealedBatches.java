package io.penstock.batching;

import io.penstock.batching.departure.Departures;
import io.penstock.model.Rows;
import java.time.Duration;

/** Makes batches of a {@link FakeModel} without a batcher. */
public final class SealedBatches {

  private SealedBatches() {}

  /** A sealed batch of those numbers, of each of which the last byte is copied. */
  public static Batch of(VersionBinding binding, long... numbers) {
    Rows inputs = Rows.of(binding.signature().inputs(), numbers.length);
    BatchLimits limits = new BatchLimits(numbers.length, Duration.ZERO, numbers.length, 1 << 20);
    InFlight inFlight = new InFlight(limits, new InFlightBudget(1000, 1 << 20), new Departures());
    Batch batch = new Batch(binding, binding.acquire().orElseThrow(), null, inFlight, 0);
    for (long number : numbers) {
      byte[] copied = binding.newReader().read(FakeModel.input(number), inputs, batch.rows());
      batch.take(Long.BYTES, copied, (batch.rows() + 1L) * Long.BYTES);
    }
    batch.seal(inputs, 0);
    return batch;
  }

  /** The same, with a commit that waits for it. */
  public static Batch urgent(VersionBinding binding, long... numbers) {
    Batch batch = of(binding, numbers);
    batch.hurry();
    return batch;
  }
}
