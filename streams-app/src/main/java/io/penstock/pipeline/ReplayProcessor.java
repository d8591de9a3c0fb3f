package io.penstock.pipeline;

import io.penstock.batching.Batcher;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.RowFailure;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.DeadLetterReason;
import io.penstock.codec.InputRecord;
import io.penstock.codec.UndecodableRecordException;
import io.penstock.precommit.RecordScope;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.streams.processor.StreamPartitioner;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/**
 * Turns records into outcomes, in their order, without Kafka Streams: what a {@link
 * PredictProcessor} on its {@link ThreadLane} is to a pipeline, for records that are computed once
 * more. It is told what computes each record, takes records of any age, and tells of no cutovers.
 *
 * <p>Not thread-safe: all calls on the thread that made it.
 */
public final class ReplayProcessor implements AutoCloseable {

  private final PipelineSettings settings;
  private final Targets targets;
  private final DeadLetters deadLetters;
  private final Consumer<ProducerRecord<byte[], byte[]>> outcomes;
  private final StreamPartitioner<byte[], Outcome> samePartition;
  private final PipelineStatistics statistics = new PipelineStatistics();
  private final Batcher batcher;
  private final Map<Integer, Partition> partitions = new HashMap<>();
  private final ArrayDeque<PendingOutcome> pending = new ArrayDeque<>();
  private final Sinks sinks = this::send;
  private long pendingBytes;

  /** A topic that outcomes go to. */
  public record Target(String topic, int partitions) {}

  /**
   * Where outcomes go.
   *
   * @param deadLetters empty: they are counted and not written
   */
  public record Targets(Target predictions, Optional<Target> deadLetters) {}

  /** An input partition: its writer, and the largest timestamp it has had. */
  private static final class Partition {
    private final OutcomeWriter writer;
    private long time = -1;

    Partition(OutcomeWriter writer) {
      this.writer = writer;
    }
  }

  /**
   * A processor with nothing in flight.
   *
   * @param settings the pipeline's, with these targets' topics
   * @param outcomes takes finished outcomes, on the calling thread
   */
  public ReplayProcessor(
      PipelineSettings settings,
      Targets targets,
      InFlightBudget budget,
      Inference inference,
      DeadLetters deadLetters,
      LongSupplier clock,
      Consumer<ProducerRecord<byte[], byte[]>> outcomes) {
    this.settings = settings;
    this.targets = targets;
    this.deadLetters = deadLetters;
    this.outcomes = outcomes;
    this.samePartition = Outcome.partitioner(settings.topics().inputPartitions());
    this.batcher = new Batcher(settings.limits(), budget, inference, clock, statistics::sealed);
  }

  /** What it has done so far. */
  public PipelineStatistics statistics() {
    return statistics;
  }

  /** Whether every record has its outcome. */
  public boolean isIdle() {
    return pending.isEmpty();
  }

  /** Whether the next record has to wait: as much is under way as the pipeline allows. */
  public boolean isFull() {
    return pending.size() >= settings.limits().maxInFlightRows()
        || pendingBytes >= settings.limits().maxInFlightBytes()
        || batcher.isFull();
  }

  /**
   * Takes a record; its outcome comes later, in its turn.
   *
   * @throws ModelFailedException if a version has failed the records before
   */
  public void process(ConsumerRecord<byte[], byte[]> input, Serving serving) {
    Partition partition = partition(input.partition());
    long timestamp = InputTimestamps.of(input.timestamp(), partition.time);
    partition.time = Math.max(partition.time, timestamp);
    Record<byte[], byte @Nullable []> record =
        new Record<>(input.key(), input.value(), timestamp, input.headers());
    PendingOutcome outcome =
        admit(RecordScope.of(input), record, serving, serving.at(record.timestamp()));
    pending.add(outcome);
    pendingBytes += outcome.valueBytes();
    statistics.admitted();
    forwardFinished();
  }

  private Partition partition(int number) {
    return partitions.computeIfAbsent(
        number,
        // Nothing is cut over to: what the writer has to say of cutovers goes nowhere.
        absent ->
            new Partition(
                new OutcomeWriter(
                    settings,
                    deadLetters,
                    cutover -> new byte[0],
                    statistics,
                    InstantSource.system())));
  }

  private PendingOutcome admit(
      RecordScope scope,
      Record<byte[], byte @Nullable []> record,
      Serving serving,
      VersionBinding binding) {
    byte[] value = record.value();
    RowFailure refusal = value == null ? refusedTombstone() : serving.refusal(record.timestamp());
    if (value == null || refusal != null) {
      return new PendingOutcome(scope, record, serving, binding, null, refusal);
    }
    InputRecord input =
        new InputRecord(scope.topic(), record.timestamp(), record.key(), value, record.headers());
    try {
      Batcher.Row row = batcher.add(binding, input);
      if (row == null) {
        throw new IllegalStateException(
            "pipeline %s, %s: version %s is loaded but gives no lease"
                .formatted(settings.name(), scope, binding));
      }
      return new PendingOutcome(scope, record, serving, binding, row, null);
    } catch (UndecodableRecordException e) {
      RowFailure failure = new RowFailure(e.reason(), String.valueOf(e.getMessage()));
      return new PendingOutcome(scope, record, serving, binding, null, failure);
    }
  }

  private @Nullable RowFailure refusedTombstone() {
    return settings.tombstones() == Tombstones.DEAD_LETTER
        ? new RowFailure(DeadLetterReason.NULL_VALUE, PredictProcessor.TOMBSTONE)
        : null;
  }

  /** Hands on what has gathered for long enough, and forwards what is finished. */
  public void work() {
    batcher.tick();
    forwardFinished();
  }

  /** Waits until something is finished, so long at most; forwards it. */
  public void await(Duration timeout) {
    batcher.await(timeout.toNanos());
    forwardFinished();
  }

  /** Hands on all that has gathered: no more records come. */
  public void sealAll() {
    batcher.sealAll();
  }

  private void forwardFinished() {
    for (PendingOutcome head = pending.peek();
        head != null && head.isFinished();
        head = pending.peek()) {
      forward(head);
      pending.remove();
      pendingBytes -= head.valueBytes();
      statistics.left(1);
    }
  }

  private void forward(PendingOutcome outcome) {
    Throwable failure = outcome.batchFailure();
    if (failure != null) {
      throw new ModelFailedException(
          outcome.binding().id(),
          "pipeline %s, %s: version %s failed: %s"
              .formatted(settings.name(), outcome.scope(), outcome.binding(), failure.getMessage()),
          failure);
    }
    partition(outcome.scope().partition()).writer.write(outcome, outcome.failure(), sinks);
  }

  private void send(RecordScope scope, Record<byte[], Outcome> outcome, String sink) {
    if (sink.equals(PipelineTopology.OUTPUT)) {
      send(targets.predictions(), outcome);
    } else if (sink.equals(PipelineTopology.DEAD_LETTERS)) {
      targets.deadLetters().ifPresent(target -> send(target, outcome));
    }
  }

  private void send(Target target, Record<byte[], Outcome> outcome) {
    Integer partition =
        samePartition
            .partitions(target.topic(), outcome.key(), outcome.value(), target.partitions())
            .map(Set::iterator)
            .map(Iterator::next)
            .orElse(null);
    Headers headers = new RecordHeaders(outcome.headers());
    byte[] value = Outcome.SERIALIZER.serialize(target.topic(), headers, outcome.value());
    outcomes.accept(
        new ProducerRecord<>(
            target.topic(), partition, outcome.timestamp(), outcome.key(), value, headers));
  }

  /** Gives up what is under way. */
  @Override
  public void close() {
    pending.clear();
    batcher.abandon();
  }
}
