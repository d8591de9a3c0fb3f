package io.penstock.pipeline;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Deadlines;
import java.time.Duration;
import org.apache.kafka.common.Uuid;

/**
 * What a pipeline's topology needs to know.
 *
 * @param name the pipeline's name, in headers, dead letters and messages
 * @param topics where records come from and go to
 * @param tombstones what becomes of records without a value
 * @param limits batches, and how much is in flight
 * @param sizes the largest records that producer and topics take
 * @param waits how long a stream thread may wait for inference
 */
public record PipelineSettings(
    String name,
    Topics topics,
    Tombstones tombstones,
    BatchLimits limits,
    SizeLimits sizes,
    WaitLimits waits) {

  /**
   * The topics of a pipeline.
   *
   * @param inputId which topic of that name it is; {@link Uuid#ZERO_UUID} if brokers do not tell
   * @param inputPartitions partitions of the input topic: outcomes keep their input's partition
   *     number in every output topic that has as many
   */
  public record Topics(
      String input,
      Uuid inputId,
      int inputPartitions,
      String output,
      String deadLetters,
      String audit) {}

  /** Upper bounds of a serialized record in bytes, for each topic that gets outcomes. */
  public record SizeLimits(int outputBytes, int deadLetterBytes) {}

  /**
   * How long a stream thread may wait for inference.
   *
   * @param maxWaitNanos from a poll on, below {@code max.poll.interval.ms}, so that the thread is
   *     not taken for dead
   * @param maxTransactionNanos from a transaction's first record to its commit, below {@code
   *     transaction.timeout.ms}; {@link Long#MAX_VALUE} without transactions
   * @param uncommittedPoll how long a thread may wait for records while outcomes are to be
   *     committed: a small part of {@code commit.interval.ms}, since Streams commits between polls
   */
  public record WaitLimits(long maxWaitNanos, long maxTransactionNanos, Duration uncommittedPoll) {

    /** The deadlines that follow, and from {@code inference.run-timeout}. */
    public Deadlines deadlines(Duration runTimeout) {
      return maxTransactionNanos < maxWaitNanos
          ? Deadlines.of(
              Duration.ofNanos(maxTransactionNanos), "transaction.timeout.ms", runTimeout)
          : Deadlines.of(Duration.ofNanos(maxWaitNanos), "max.poll.interval.ms", runTimeout);
    }
  }
}
