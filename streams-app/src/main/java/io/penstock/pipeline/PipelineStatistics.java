package io.penstock.pipeline;

import io.penstock.batching.SealReason;
import io.penstock.codec.DeadLetterReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** What a pipeline has done since it started, over all its stream threads. Thread-safe. */
public final class PipelineStatistics {

  private final LongAdder admitted = new LongAdder();
  private final LongAdder left = new LongAdder();
  private final Map<SealReason, LongAdder> sealed = new EnumMap<>(SealReason.class);

  private final LongAdder cutovers = new LongAdder();
  private final LongAdder stragglers = new LongAdder();
  private final LongAdder predictions = new LongAdder();
  private final Map<DeadLetterReason, LongAdder> deadLetters =
      new EnumMap<>(DeadLetterReason.class);
  private volatile Listener listener = Listener.NOBODY;

  /** Hears of single times, which are not kept here. On stream threads: must not block. */
  public interface Listener {

    /** Nobody listens. */
    Listener NOBODY =
        new Listener() {
          @Override
          public void forwarded(long millisSinceItsTimestamp) {}

          @Override
          public void drained(long nanos) {}
        };

    /** An outcome was handed to the producer. */
    void forwarded(long millisSinceItsTimestamp);

    /** A commit has waited for its task's records. */
    void drained(long nanos);
  }

  public PipelineStatistics() {
    for (SealReason reason : SealReason.values()) {
      sealed.put(reason, new LongAdder());
    }
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      deadLetters.put(reason, new LongAdder());
    }
  }

  /** Tells that one of single times, and nobody else any more. */
  public void tell(Listener next) {
    listener = next;
  }

  Listener listener() {
    return listener;
  }

  void predicted() {
    predictions.increment();
  }

  void deadLetter(DeadLetterReason reason) {
    Objects.requireNonNull(deadLetters.get(reason)).increment();
  }

  /** A partition's outcomes are of another version from here on, or of a first one. */
  void cutOver() {
    cutovers.increment();
  }

  /** A record came after its version had ceased to serve. */
  void straggler() {
    stragglers.increment();
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

  /** Predictions forwarded, those of transactions that were aborted included. */
  public long predictions() {
    return predictions.sum();
  }

  /** Dead letters forwarded for that reason, those of transactions that were aborted included. */
  public long deadLetters(DeadLetterReason reason) {
    return Objects.requireNonNull(deadLetters.get(reason)).sum();
  }

  /** Cutovers of partitions, those of transactions that were aborted included. */
  public long cutovers() {
    return cutovers.sum();
  }

  /**
   * Outcomes of records whose version served no more, whatever became of them, those of
   * transactions that were aborted included.
   */
  public long stragglers() {
    return stragglers.sum();
  }

  /** Records taken from the input. */
  public long admittedRecords() {
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
