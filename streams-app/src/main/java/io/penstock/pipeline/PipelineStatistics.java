package io.penstock.pipeline;

import io.penstock.batching.SealReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What a pipeline has done since it started, over all its stream threads. Thread-safe. */
public final class PipelineStatistics {

  private final LongAdder admitted = new LongAdder();
  private final LongAdder left = new LongAdder();
  private final Map<SealReason, LongAdder> sealed = new EnumMap<>(SealReason.class);

  public PipelineStatistics() {
    for (SealReason reason : SealReason.values()) {
      sealed.put(reason, new LongAdder());
    }
  }

  void admitted() {
    admitted.increment();
  }

  /** Records left: their outcomes were forwarded, or their task was closed without them. */
  void left(int records) {
    left.add(records);
  }

  void sealed(SealReason reason) {
    adder(reason).increment();
  }

  private LongAdder adder(SealReason reason) {
    return Objects.requireNonNull(sealed.get(reason));
  }

  /** Records taken from the input. */
  long admittedRecords() {
    return admitted.sum();
  }

  /** Records between input and outcome now. */
  public long inFlightRecords() {
    return Math.max(0, admitted.sum() - left.sum());
  }

  /** Batches handed to the inference threads for that reason. */
  public long sealedBatches(SealReason reason) {
    return adder(reason).sum();
  }
}
