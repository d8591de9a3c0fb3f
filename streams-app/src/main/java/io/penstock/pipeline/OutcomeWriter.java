package io.penstock.pipeline;

import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.deadletter.RefusedRecord;
import io.penstock.precommit.RecordScope;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Writes finished outcomes to the sinks: predictions, dead letters, and a cutover before the first
 * outcome by another decision. Where a decision leaves earlier records to the version before, one
 * cutover says so; timestamps tell the rest. Checks every size first, since an oversize record
 * would come back as an error of the producer and never go away.
 *
 * <p>Not thread-safe: one per task, all calls on the stream thread.
 */
final class OutcomeWriter {

  /** Room that an envelope needs at least: coordinates, reason and checksums. */
  private static final int MIN_ENVELOPE_BYTES = 2048;

  private final PipelineSettings settings;
  private final DeadLetters deadLetters;
  private final Cutover.Encoder cutovers;
  private final PipelineStatistics statistics;
  private final InstantSource time;
  private @Nullable Serving last;
  private @Nullable OutcomeHeaders headers;

  /**
   * Writes from where a task begins.
   *
   * @param time of day, for the audit
   */
  OutcomeWriter(
      PipelineSettings settings,
      DeadLetters deadLetters,
      Cutover.Encoder cutovers,
      PipelineStatistics statistics,
      InstantSource time) {
    this.settings = settings;
    this.deadLetters = deadLetters;
    this.cutovers = cutovers;
    this.statistics = statistics;
    this.time = time;
  }

  /** Forgets what was written: the next outcome starts a timeline anew, with a cutover. */
  void restart() {
    last = null;
  }

  /**
   * Forwards an outcome.
   *
   * @param failure why it is a dead letter; null for its prediction
   */
  void write(PendingOutcome outcome, @Nullable RowFailure failure, Sinks sinks) {
    if (outcome.isTombstone() && settings.tombstones() == Tombstones.DROP) {
      return;
    }
    if (last == null || last.latest() != outcome.served().latest()) {
      writeCutover(outcome, sinks);
    }
    if (outcome.isStraggler()) {
      statistics.straggler();
    }
    if (outcome.isTombstone()) {
      writePrediction(outcome, null, sinks);
    } else if (failure == null) {
      writePrediction(outcome, outcome.prediction(), sinks);
    } else {
      writeDeadLetter(outcome, failure, sinks);
    }
  }

  /**
   * Writes what goes to the output.
   *
   * @param prediction null for a tombstone
   */
  private void writePrediction(PendingOutcome outcome, byte @Nullable [] prediction, Sinks sinks) {
    int length = prediction == null ? 0 : prediction.length;
    byte[] key = outcome.input().key();
    Headers kept = OutcomeHeaders.kept(outcome.input().headers());
    List<Header> ours = headers(outcome).of(outcome);
    long size = RecordSize.upperBound(key, length, kept, ours);
    if (size > settings.sizes().outputBytes()) {
      String message =
          "the prediction takes up to "
              + size
              + " bytes (expected: "
              + settings.sizes().outputBytes()
              + " at most, by max.request.size, buffer.memory and the max.message.bytes of "
              + settings.topics().output()
              + ")";
      RowFailure failure = new RowFailure(DeadLetterReason.OVERSIZE_PREDICTION, message);
      writeDeadLetter(outcome, failure, sinks);
      return;
    }
    Outcome forwarded = new Outcome(prediction, ours, outcome.scope().partition());
    forward(outcome, key, forwarded, kept, PipelineTopology.OUTPUT, sinks);
    statistics.predicted();
  }

  private void writeDeadLetter(PendingOutcome outcome, RowFailure failure, Sinks sinks) {
    int limit = settings.sizes().deadLetterBytes();
    byte[] key = outcome.input().key();
    Headers kept = OutcomeHeaders.kept(outcome.input().headers());
    List<Header> ours = headers(outcome).of(outcome, failure);
    if (RecordSize.upperBound(key, MIN_ENVELOPE_BYTES, kept, ours) > limit) {
      kept = new RecordHeaders();
    }
    if (RecordSize.upperBound(key, MIN_ENVELOPE_BYTES, kept, ours) > limit) {
      key = null;
    }
    int room = Math.toIntExact(limit - RecordSize.upperBound(key, 0, kept, ours));
    byte[] envelope = deadLetters.envelope(refused(outcome, failure), room);
    Outcome forwarded = new Outcome(envelope, ours, outcome.scope().partition());
    forward(outcome, key, forwarded, kept, PipelineTopology.DEAD_LETTERS, sinks);
    statistics.deadLetter(failure.reason());
  }

  private RefusedRecord refused(PendingOutcome outcome, RowFailure failure) {
    RecordScope scope = outcome.scope();
    return new RefusedRecord(
        settings.name(),
        outcome.isRefusedStraggler() ? null : outcome.binding().id(),
        failure.reason(),
        failure.message(),
        scope.topic(),
        scope.partition(),
        scope.offset(),
        outcome.input().timestamp(),
        outcome.input().key(),
        outcome.input().value(),
        outcome.input().headers());
  }

  private void writeCutover(PendingOutcome outcome, Sinks sinks) {
    RecordScope scope = outcome.scope();
    Serving served = outcome.served();
    VersionBinding to = served.latest();
    if (last == null || !last.isSameAs(served)) {
      Cutover cutover =
          new Cutover(
              settings.name(),
              to.id().model(),
              scope.topic(),
              scope.partition(),
              scope.offset(),
              before(served),
              to.id().version(),
              to.epoch(),
              served.earlier() == null
                  ? OptionalLong.empty()
                  : OptionalLong.of(served.fromMillis()),
              served.stragglers().refusedBefore(),
              outcome.input().timestamp());
      Outcome forwarded = new Outcome(cutovers.encode(cutover), List.of(), scope.partition());
      // Brokers refuse what is far ahead of their clock, and drop what is old by its timestamp
      sinks.forward(scope, new Record<>(null, forwarded, time.millis()), PipelineTopology.CUTOVERS);
      statistics.cutOver();
    }
    last = served;
  }

  /** What serves earlier records still; else what has served the partition until now. */
  private OptionalLong before(Serving served) {
    VersionBinding earlier = served.earlier();
    if (earlier != null) {
      return OptionalLong.of(earlier.id().version());
    }
    Serving before = last;
    return before == null ? OptionalLong.empty() : OptionalLong.of(before.latest().id().version());
  }

  private static void forward(
      PendingOutcome outcome,
      byte @Nullable [] key,
      Outcome forwarded,
      Headers headers,
      String sink,
      Sinks sinks) {
    sinks.forward(
        outcome.scope(), new Record<>(key, forwarded, outcome.input().timestamp(), headers), sink);
  }

  private OutcomeHeaders headers(PendingOutcome outcome) {
    OutcomeHeaders current = headers;
    if (current == null) {
      current = new OutcomeHeaders(settings.name(), outcome.binding(), outcome.scope());
      headers = current;
    }
    return current;
  }
}
