package io.penstock.pipeline;

import io.penstock.batching.Batcher;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputRecord;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.precommit.DeferredForwarder;
import io.penstock.precommit.RecordScope;
import java.time.Duration;
import java.util.ArrayDeque;
import org.apache.kafka.streams.errors.StreamsException;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into outcomes, in input order. One per task, which is one input partition.
 *
 * <p>Each record joins a batch (or fails to) and waits in one first-in-first-out queue; outcomes
 * are forwarded from its head only, as soon as they are there: before the next record, whenever the
 * {@linkplain ThreadLane#work lane works} between two polls, and, waiting for whatever is missing,
 * before each commit. That last one is what makes an offset's commit mean "its outcome is in the
 * output topic".
 *
 * <p>Not thread-safe: all calls on the stream thread.
 */
final class PredictProcessor implements Processor<byte[], byte[], byte[], Outcome> {

  /** Why a record without a value is a dead letter. */
  static final String TOMBSTONE = "the record's value is null (a tombstone)";

  private final PipelineSettings settings;
  private final ServingVersion serving;
  private final ThreadLanes lanes;
  private final OutcomeWriter writer;
  private final ArrayDeque<PendingOutcome> pending = new ArrayDeque<>();
  private long pendingBytes;
  private ThreadLane lane;
  private DeferredForwarder<byte[], Outcome> forwarder;
  private Sinks sinks;
  private String task = "";

  @SuppressWarnings("NullAway.Init") // init() comes before every other call
  PredictProcessor(
      PipelineSettings settings, ServingVersion serving, ThreadLanes lanes, OutcomeWriter writer) {
    this.settings = settings;
    this.serving = serving;
    this.lanes = lanes;
    this.writer = writer;
  }

  @Override
  public void init(ProcessorContext<byte[], Outcome> context) {
    task = "pipeline " + settings.name() + ", task " + context.taskId();
    lane = lanes.current();
    forwarder =
        new DeferredForwarder<>(context, PipelineTopology.PRE_COMMIT_STORE, this::beforeCommit);
    sinks = forwarder::forward;
    // Streams revives a task with the same processor: what it had counted as written is not.
    writer.restart();
    lane.taskOpened(this);
  }

  @Override
  public void process(Record<byte[], byte[]> record) {
    lane.recordComes();
    forwardFinished();
    awaitRoom();
    PendingOutcome outcome = admit(record);
    pending.add(outcome);
    pendingBytes += outcome.valueBytes();
    lane.admitted(outcome.valueBytes());
    lanes.statistics().admitted();
  }

  /** Takes a row for the record, or knows why there can be none. */
  private PendingOutcome admit(Record<byte[], byte[]> record) {
    Serving served = lane.take(serving, task);
    PendingOutcome outcome = admit(record, served);
    while (outcome == null) {
      Serving before = served;
      served = lane.take(serving, task);
      VersionBinding binding = served.at(record.timestamp());
      if (binding == before.at(record.timestamp())) {
        throw new StreamsException(task + ": version " + binding + " is active but gives no lease");
      }
      outcome = admit(record, served);
    }
    return outcome;
  }

  /** The same by what is served; null if that gives no lease any more. */
  private @Nullable PendingOutcome admit(Record<byte[], byte[]> record, Serving served) {
    RecordScope scope = forwarder.scope();
    byte[] value = record.value();
    VersionBinding binding = served.at(record.timestamp());
    RowFailure refusal = refusal(record, served);
    if (value == null || refusal != null) {
      return new PendingOutcome(scope, record, served, binding, null, refusal);
    }
    InputRecord input =
        new InputRecord(scope.topic(), record.timestamp(), record.key(), value, record.headers());
    try {
      Batcher.Row row = lane.batcher().add(binding, input);
      return row == null ? null : new PendingOutcome(scope, record, served, binding, row, null);
    } catch (UndecodableRecordException e) {
      RowFailure failure = new RowFailure(e.reason(), String.valueOf(e.getMessage()));
      return new PendingOutcome(scope, record, served, binding, null, failure);
    }
  }

  /** Why a record becomes no row whatever its bytes say, if there is a reason. */
  private @Nullable RowFailure refusal(Record<byte[], byte @Nullable []> record, Serving served) {
    if (record.value() != null) {
      RowFailure straggler = served.refusal(record.timestamp());
      return straggler == null ? tooOld(record) : straggler;
    }
    return settings.tombstones() == Tombstones.DEAD_LETTER
        ? new RowFailure(DeadLetterReason.NULL_VALUE, TOMBSTONE)
        : null;
  }

  private @Nullable RowFailure tooOld(Record<byte[], byte @Nullable []> record) {
    Duration maxAge = settings.limits().maxAge();
    if (maxAge == null) {
      return null;
    }
    long ageMillis = lanes.ageMillis(record.timestamp());
    return ageMillis <= maxAge.toMillis()
        ? null
        : new RowFailure(
            DeadLetterReason.TOO_OLD,
            "the record's timestamp is %d ms ago (expected: at most %d, by batch.max-age)"
                .formatted(ageMillis, maxAge.toMillis()));
  }

  private void awaitRoom() {
    while (lane.isFull()) {
      lane.await(task, pending.size(), awaited());
      lane.forwardFinished();
    }
  }

  /** The version whose outcome is next here; where no record waits, the one that serves. */
  private VersionBinding awaited() {
    PendingOutcome head = pending.peek();
    return head == null ? serving.current() : head.binding();
  }

  /** Whether records wait here for their outcomes. */
  boolean isPending() {
    return !pending.isEmpty();
  }

  /** Whether the record whose outcome is next here was taken by another decision than that. */
  boolean awaitsOther(@Nullable Serving served) {
    PendingOutcome head = pending.peek();
    return head != null && (served == null || head.served().latest() != served.latest());
  }

  /** Forwards what is finished at the head of the queue. */
  void forwardFinished() {
    PendingOutcome head = pending.peek();
    if (head != null && head.isFinished()) {
      forwarder.within(this::forwardHead);
    }
  }

  private void forwardHead() {
    lane.requireKnown(serving, task);
    PipelineStatistics.Listener listener = lanes.statistics().listener();
    for (PendingOutcome head = pending.peek();
        head != null && head.isFinished();
        head = pending.peek()) {
      forward(head);
      pending.remove();
      pendingBytes -= head.valueBytes();
      lane.left(1, head.valueBytes());
      lanes.statistics().left(1);
      listener.forwarded(lanes.ageMillis(head.input().timestamp()));
      lane.batcher().followCall();
    }
  }

  private void forward(PendingOutcome outcome) {
    Throwable failure = outcome.batchFailure();
    if (failure != null) {
      throw new ModelFailedException(
          outcome.binding().id(),
          task + ": version " + outcome.binding() + " failed: " + failure.getMessage(),
          failure);
    }
    lane.forwarded();
    try {
      writer.write(outcome, failure(outcome), sinks);
    } catch (StreamsException e) {
      lane.fail(e);
      throw e;
    }
  }

  /** A prediction that comes too late is none. */
  private @Nullable RowFailure failure(PendingOutcome outcome) {
    RowFailure failure = outcome.failure();
    return failure == null ? tooOld(outcome.input()) : failure;
  }

  /** Every row of this task becomes an outcome before its offset is committed. */
  private void beforeCommit() {
    lane.committing();
    lane.requireKnown(serving, task);
    if (pending.isEmpty()) {
      return;
    }
    lane.throwIfFailed();
    long started = lanes.nanos();
    try {
      lane.batcher().sealAll();
      forwardHead();
      while (!pending.isEmpty()) {
        lane.await(task, pending.size(), awaited());
        forwardHead();
      }
      lane.batcher().drained();
      lane.forwardFinished();
      lanes.statistics().listener().drained(lanes.nanos() - started);
    } catch (StreamsException e) {
      lane.fail(e);
      throw e;
    }
  }

  @Override
  public void close() {
    lanes.statistics().left(pending.size());
    lane.left(pending.size(), pendingBytes);
    pending.clear();
    pendingBytes = 0;
    lane.taskClosed(this);
  }
}
