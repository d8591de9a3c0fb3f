package io.penstock.batching;

import io.penstock.model.Rows;
import java.time.Duration;

/** Makes batches of a {@link FakeModel} without a batcher. */
public final class SealedBatches {

  private SealedBatches() {}

  /** A sealed batch of those numbers. */
  public static Batch of(VersionBinding binding, long... numbers) {
    Rows inputs = Rows.of(binding.signature().inputs(), numbers.length);
    BatchLimits limits = new BatchLimits(1, Duration.ZERO, 1, Long.MAX_VALUE);
    InFlight inFlight = new InFlight(limits, ByteBudget.unlimited());
    Batch batch = new Batch(binding, binding.acquire().orElseThrow(), inFlight, 0);
    for (long number : numbers) {
      binding.newDecoder().decode(FakeModel.record(number), inputs, batch.rows());
      batch.take(Long.BYTES, 0);
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
