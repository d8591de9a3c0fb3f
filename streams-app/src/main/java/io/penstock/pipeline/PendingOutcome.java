package io.penstock.pipeline;

import io.penstock.batching.Batcher;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.precommit.RecordScope;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * An input record that waits, in input order, for its outcome: a row in a batch, a failure that is
 * known already, or a tombstone, which has neither.
 *
 * @param served what it was taken by
 * @param binding the version of these that its timestamp asks for
 */
record PendingOutcome(
    RecordScope scope,
    Record<byte[], byte @Nullable []> input,
    Serving served,
    VersionBinding binding,
    Batcher.@Nullable Row row,
    @Nullable RowFailure knownFailure) {

  boolean isFinished() {
    return row == null || row.batch().isFinished();
  }

  /** What failed the whole batch, if anything did: the model is to blame, not this record. */
  @Nullable Throwable batchFailure() {
    return row == null ? null : row.batch().failure();
  }

  /** Why this record becomes a dead letter, or null if it has a prediction. */
  @Nullable RowFailure failure() {
    return row == null ? knownFailure : row.batch().rowFailure(row.index());
  }

  /** Whether it has no value, and nothing is wrong with that. */
  boolean isTombstone() {
    return row == null && knownFailure == null;
  }

  /** Whether its timestamp asks for a version that serves no more. */
  boolean isStraggler() {
    return served.stragglers().include(input.timestamp());
  }

  /** Whether no version computes it, since the one that it asks for serves no more. */
  boolean isRefusedStraggler() {
    return knownFailure != null && knownFailure.reason() == DeadLetterReason.STRAGGLER;
  }

  byte[] prediction() {
    byte[] prediction = row == null ? null : row.batch().prediction(row.index());
    if (prediction == null) {
      throw new IllegalStateException("no prediction for " + scope);
    }
    return prediction;
  }

  int valueBytes() {
    byte[] value = input.value();
    return value == null ? 0 : value.length;
  }
}
