package io.penstock.pipeline;

import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.precommit.RecordScope;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Writes the envelopes of dead letters. Thread-safe. */
@FunctionalInterface
public interface DeadLetters {

  /**
   * The envelope of a failed input: where it came from, why it failed, its raw bytes. One that
   * would be larger than {@code maxBytes} carries truncated bytes and their SHA-256 instead.
   */
  byte[] envelope(
      RecordScope scope,
      Record<byte[], byte @Nullable []> input,
      VersionBinding version,
      RowFailure failure,
      int maxBytes);
}
