package io.penstock.pipeline;

import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.RefusedRecord;
import io.penstock.precommit.DeferredForwarder;
import io.penstock.precommit.RecordScope;
import java.util.List;
import java.util.OptionalLong;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Writes finished outcomes to the sinks: predictions, dead letters, and a cutover before the first
 * outcome of another version. Checks every size first, since an oversize record would come back as
 * an error of the producer and never go away.
 *
 * <p>Not thread-safe: one per task, all calls on the stream thread.
 */
final class OutcomeWriter {

  /** Room that an envelope needs at least: coordinates, reason and checksums. */
  private static final int MIN_ENVELOPE_BYTES = 2048;

  private final PipelineSettings settings;
  private final DeadLetters deadLetters;
  private final Cutover.Encoder cutovers;
  private @Nullable VersionBinding last;
  private @Nullable OutcomeHeaders headers;

  OutcomeWriter(PipelineSettings settings, DeadLetters deadLetters, Cutover.Encoder cutovers) {
    this.settings = settings;
    this.deadLetters = deadLetters;
    this.cutovers = cutovers;
  }

  /** Forgets what was written: the next outcome starts a timeline anew, with a cutover. */
  void restart() {
    last = null;
  }

  /** Forwards an outcome; only {@link DeferredForwarder#within}. */
  void write(PendingOutcome outcome, DeferredForwarder<byte[], Outcome> forwarder) {
    if (last != outcome.binding()) {
      writeCutover(outcome, forwarder);
    }
    RowFailure failure = outcome.failure();
    if (failure == null) {
      writePrediction(outcome, forwarder);
    } else {
      writeDeadLetter(outcome, failure, forwarder);
    }
  }

  private void writePrediction(
      PendingOutcome outcome, DeferredForwarder<byte[], Outcome> forwarder) {
    byte[] prediction = outcome.prediction();
    byte[] key = outcome.input().key();
    Headers kept = OutcomeHeaders.kept(outcome.input().headers());
    List<Header> ours = headers(outcome).of(outcome);
    long size = RecordSize.upperBound(key, prediction.length, kept, ours);
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
      writeDeadLetter(outcome, failure, forwarder);
      return;
    }
    Outcome forwarded = new Outcome(prediction, ours, outcome.scope().partition());
    forward(outcome, key, forwarded, kept, PipelineTopology.OUTPUT, forwarder);
  }

  private void writeDeadLetter(
      PendingOutcome outcome, RowFailure failure, DeferredForwarder<byte[], Outcome> forwarder) {
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
    forward(outcome, key, forwarded, kept, PipelineTopology.DEAD_LETTERS, forwarder);
  }

  private RefusedRecord refused(PendingOutcome outcome, RowFailure failure) {
    RecordScope scope = outcome.scope();
    return new RefusedRecord(
        settings.name(),
        outcome.binding().id(),
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

  private void writeCutover(PendingOutcome outcome, DeferredForwarder<byte[], Outcome> forwarder) {
    RecordScope scope = outcome.scope();
    VersionBinding to = outcome.binding();
    if (last == null || last.id().version() != to.id().version()) {
      Cutover cutover =
          new Cutover(
              settings.name(),
              to.id().model(),
              scope.topic(),
              scope.partition(),
              scope.offset(),
              last == null ? OptionalLong.empty() : OptionalLong.of(last.id().version()),
              to.id().version(),
              to.epoch(),
              outcome.input().timestamp());
      Outcome forwarded = new Outcome(cutovers.encode(cutover), List.of(), scope.partition());
      forward(outcome, null, forwarded, new RecordHeaders(), PipelineTopology.CUTOVERS, forwarder);
    }
    last = to;
  }

  private static void forward(
      PendingOutcome outcome,
      byte @Nullable [] key,
      Outcome forwarded,
      Headers headers,
      String sink,
      DeferredForwarder<byte[], Outcome> forwarder) {
    forwarder.forward(
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
