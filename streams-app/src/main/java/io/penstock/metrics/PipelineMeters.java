package io.penstock.metrics;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.penstock.batching.Inference;
import io.penstock.batching.SealReason;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.codec.DeadLetterReason;
import io.penstock.inference.InferenceStatistics;
import io.penstock.inference.InferenceStatistics.Stage;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.streams.Pipeline;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** The meters of one pipeline. Thread-safe. */
public final class PipelineMeters implements AutoCloseable {

  private static final String PIPELINE = "pipeline";

  private final ServiceMeters meters;
  private final String name;
  private final Tags labels;
  private final KafkaMeters kafka;

  private PipelineMeters(ServiceMeters meters, String pipeline) {
    this.meters = meters;
    this.name = pipeline;
    this.labels = Tags.of(PIPELINE, pipeline);
    this.kafka = new KafkaMeters(meters.registry(), labels);
  }

  /** Adds a pipeline to what is measured, until {@link #close}. */
  public static PipelineMeters bind(
      ServiceMeters meters,
      Pipeline pipeline,
      InferenceStatistics inference,
      Inference.Terms terms) {
    PipelineMeters bound = new PipelineMeters(meters, pipeline.name());
    bound.state(pipeline);
    bound.records(pipeline.statistics());
    bound.runs(inference, terms.sizes().max());
    bound.plan(terms.plan());
    pipeline.onRun(bound.kafka::follow);
    meters.gauge(Metric.LAG, bound.labels, pipeline, PipelineMeters::lag);
    meters.closeWithThis(bound.kafka);
    return bound;
  }

  /** There is no such pipeline any more. */
  @Override
  public void close() {
    meters.close(kafka);
    forget(meters, name);
  }

  /** What has runs under that name has none any more. */
  static void forget(ServiceMeters meters, String name) {
    meters.forget(PIPELINE, name);
  }

  /** Adds the runs of what is no pipeline, and is called as one by the inference threads. */
  static void bindRuns(
      ServiceMeters meters, String name, InferenceStatistics inference, int mostRows) {
    new PipelineMeters(meters, name).runs(inference, mostRows);
  }

  private static long lag(Pipeline pipeline) {
    return pipeline.partitions().stream().mapToLong(each -> each.lag().orElse(0)).sum();
  }

  private void state(Pipeline pipeline) {
    for (Pipeline.State state : Pipeline.State.values()) {
      meters.gauge(
          Metric.PIPELINE_STATE,
          labels.and("state", state.name()),
          pipeline,
          now -> now.state() == state ? 1 : 0);
    }
  }

  private void records(PipelineStatistics statistics) {
    meters.counter(Metric.RECORDS_IN, labels, statistics, PipelineStatistics::admittedRecords);
    meters.counter(Metric.PREDICTIONS, labels, statistics, PipelineStatistics::predictions);
    for (DeadLetterReason reason : DeadLetterReason.values()) {
      meters.counter(
          Metric.DEAD_LETTERS,
          labels.and("reason", reason.name()),
          statistics,
          all -> all.deadLetters(reason));
    }
    meters.counter(Metric.STRAGGLERS, labels, statistics, PipelineStatistics::stragglers);
    meters.counter(Metric.CUTOVERS, labels, statistics, PipelineStatistics::cutovers);
    meters.gauge(Metric.RECORDS_IN_FLIGHT, labels, statistics, PipelineStatistics::inFlightRecords);
    for (SealReason reason : SealReason.values()) {
      meters.counter(
          Metric.BATCHES_SEALED,
          labels.and("reason", reason.name().toLowerCase(Locale.ROOT)),
          statistics,
          all -> all.sealedBatches(reason));
    }
    Timer latency = meters.timer(Metric.RECORD_LATENCY, labels);
    Timer drain = meters.timer(Metric.COMMIT_DRAIN, labels);
    statistics.tell(
        new PipelineStatistics.Listener() {
          @Override
          public void forwarded(long millisSinceItsTimestamp) {
            latency.record(millisSinceItsTimestamp, TimeUnit.MILLISECONDS);
          }

          @Override
          public void drained(long nanos) {
            drain.record(nanos, TimeUnit.NANOSECONDS);
          }
        });
  }

  private void runs(InferenceStatistics inference, int mostRows) {
    meters.counter(Metric.RUNS, labels, inference, InferenceStatistics::runs);
    meters.counter(Metric.PADDING_ROWS, labels, inference, InferenceStatistics::paddingRows);
    meters.counter(Metric.SEARCH_RUNS, labels, inference, InferenceStatistics::searchRuns);
    DistributionSummary rows = meters.rows(Metric.RUN_ROWS, labels);
    DistributionSummary fill = meters.shares(Metric.RUN_FILL, labels);
    Map<Stage, Timer> stages = new EnumMap<>(Stage.class);
    for (Stage stage : Stage.values()) {
      stages.put(
          stage,
          meters.timer(
              Metric.STAGE_TIME, labels.and("stage", stage.name().toLowerCase(Locale.ROOT))));
    }
    Timer run = meters.timer(Metric.RUN_TIME, labels);
    inference.tell(
        new InferenceStatistics.Listener() {
          @Override
          public void passed(Stage stage, long nanos) {
            Objects.requireNonNull(stages.get(stage)).record(nanos, TimeUnit.NANOSECONDS);
          }

          @Override
          public void ran(int ranRows, long nanos) {
            rows.record(ranRows);
            fill.record((double) ranRows / mostRows);
            run.record(nanos, TimeUnit.NANOSECONDS);
          }
        });
  }

  private void plan(BatchPlan plan) {
    meters.gauge(Metric.BATCH_TARGET_ROWS, labels, plan, now -> now.target().rows());
    meters.gauge(Metric.BATCH_LINGER, labels, plan, now -> now.target().lingerNanos() / 1e9);
  }
}
