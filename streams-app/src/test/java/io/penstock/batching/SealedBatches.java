package io.penstock.batching;

import io.penstock.model.Rows;

/** Makes batches of a {@link FakeModel} without a batcher. */
public final class SealedBatches {

  private SealedBatches() {}

  /** A sealed batch of those numbers. */
  public static Batch of(VersionBinding binding, long... numbers) {
    Rows inputs = Rows.of(binding.signature().inputs(), numbers.length);
    Batch batch = new Batch(binding, binding.acquire().orElseThrow(), inputs, numbers.length, 0);
    for (long number : numbers) {
      binding.newDecoder().decode(FakeModel.record(number), inputs, batch.rows());
      batch.take(Long.BYTES);
    }
    batch.seal();
    return batch;
  }

  /** The same, with a commit that waits for it. */
  public static Batch urgent(VersionBinding binding, long... numbers) {
    Batch batch = of(binding, numbers);
    batch.hurry();
    return batch;
  }
}
