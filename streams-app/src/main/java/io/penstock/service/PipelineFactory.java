package io.penstock.service;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.Deadlines;
import io.penstock.batching.InFlightBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.auto.AutoBatching;
import io.penstock.batching.auto.TuningLimits;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.batching.plan.CautiousPlan;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.codec.deadletter.DeadLetterEncoder;
import io.penstock.config.BatchConfig;
import io.penstock.config.ControlConfig;
import io.penstock.config.InferenceConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.control.message.ControlMessages;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.BatchSizes;
import io.penstock.pipeline.Cutover;
import io.penstock.pipeline.Tombstones;
import io.penstock.schemas.AuditEvent;
import io.penstock.streams.Pipeline;
import io.penstock.streams.StreamsSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** Makes pipelines of their configuration. */
final class PipelineFactory {

  private final InferenceConfig process;
  private final PipelineFormats formats;
  private final InferenceThreads inference;
  private final InFlightBudget budget;
  private final Foundation foundation;

  /**
   * @param process what all pipelines share
   */
  PipelineFactory(
      InferenceConfig process,
      PipelineFormats formats,
      InferenceThreads inference,
      Foundation foundation) {
    this.process = process;
    this.formats = formats;
    this.inference = inference;
    this.budget = new InFlightBudget(process.maxInFlightRows(), process.maxInFlight().bytes());
    this.foundation = foundation;
  }

  /** What all pipelines have in flight together. */
  InFlightBudget budget() {
    return budget;
  }

  /**
   * A pipeline at rest. Asks the registry for the schema of its dead letters, if they are Avro.
   *
   * @throws io.penstock.registry.RegistryException if that is not registered, and may not be
   */
  ServedPipeline create(PenstockConfig config, String name) {
    PipelineConfig pipeline = config.pipeline(name);
    DeadLetterEncoder deadLetters = formats.deadLetters(pipeline.deadLetters());
    CautiousPlan plan =
        new CautiousPlan(plan(name, pipeline), pipeline.threads(), inFlightRows(pipeline));
    Pipeline.Definition definition =
        new Pipeline.Definition(
            name,
            pipeline.input().topic(),
            pipeline.output().topic(),
            pipeline.deadLetters().topic(),
            config.controlTopics().audit(),
            config.controlTopics().control(),
            Tombstones.valueOf(pipeline.input().tombstones().name()),
            config.control().stragglers() == ControlConfig.Stragglers.DEAD_LETTER,
            limits(pipeline, plan),
            budget,
            deadLetters::encode,
            PipelineFactory::audit);
    StreamsSettings streams =
        new StreamsSettings(
            config.applicationId(name),
            pipeline.guarantee() == PipelineConfig.Guarantee.EXACTLY_ONCE_V2,
            pipeline.startFrom(),
            pipeline.threads(),
            config.kafka(pipeline));
    Pipeline atRest =
        new Pipeline(definition, streams, inference, lanes -> foundation.clients(name, lanes));
    Deadlines deadlines = atRest.deadlines(process.runTimeout());
    plan.commitsWithin(deadlines.commit());
    return new ServedPipeline(
        atRest,
        pipeline.onModelFailure() == PipelineConfig.OnModelFailure.ROLL_BACK,
        terms(name, pipeline, plan, deadlines),
        inference.statistics(name),
        pipeline.signature(),
        formats.input(pipeline.input()),
        CheckedPipeline.lengths(pipeline.batch()),
        formats.output(pipeline.input().topic(), pipeline.output()));
  }

  private static Inference.Terms terms(
      String name, PipelineConfig pipeline, BatchPlan plan, Deadlines deadlines) {
    BatchConfig batch = pipeline.batch();
    return new Inference.Terms(
        name,
        pipeline.share(),
        new BatchSizes(batch.rows(), batch.allowedSizes()),
        batch.bytes().bytes(),
        pipeline.output().nonFinite() == PipelineConfig.NonFinite.DEAD_LETTER
            ? Inference.NonFinite.DEAD_LETTER
            : Inference.NonFinite.PASS,
        plan,
        deadlines);
  }

  private BatchPlan plan(String name, PipelineConfig pipeline) {
    BatchConfig batch = pipeline.batch();
    Duration latency = batch.latency();
    if (latency == null) {
      return BatchPlan.fixed(batch.rows(), batch.linger());
    }
    int runners = process.threads();
    TuningLimits limits =
        batch.allowedSizes().isEmpty()
            ? TuningLimits.upTo(batch.rows(), latency, pipeline.threads(), runners)
            : new TuningLimits(
                latency.toNanos(), batch.allowedSizes(), pipeline.threads(), runners);
    return new AutoBatching(name, limits, System.nanoTime());
  }

  /** The limits of a pipeline, in equal parts for its threads. */
  private static BatchLimits limits(PipelineConfig pipeline, BatchPlan plan) {
    BatchConfig batch = pipeline.batch();
    int threads = pipeline.threads();
    return new BatchLimits(
        batch.rows(),
        Math.toIntExact(batch.bytes().bytes()),
        plan,
        batch.maxAge(),
        inFlightRows(pipeline),
        Math.max(1, batch.maxInFlight().bytes() / threads));
  }

  private static int inFlightRows(PipelineConfig pipeline) {
    return pipeline.batch().maxInFlightRows() / pipeline.threads();
  }

  private static byte[] audit(Cutover cutover) {
    OptionalLong from = cutover.from();
    AuditEvent event =
        AuditEvent.newBuilder()
            .setTime(Instant.now())
            .setCutover(
                io.penstock.schemas.Cutover.newBuilder()
                    .setPipeline(cutover.pipeline())
                    .setModel(cutover.model())
                    .setTopic(cutover.topic())
                    .setPartition(cutover.partition())
                    .setOffset(cutover.offset())
                    .setFrom(from.isPresent() ? from.getAsLong() : null)
                    .setTo(cutover.to())
                    .setEpoch(cutover.epoch())
                    .setEffectiveFrom(instant(cutover.effectiveFrom()))
                    .setRefusedBefore(instant(cutover.refusedBefore()))
                    .setTime(Instant.ofEpochMilli(cutover.time()))
                    .build())
            .build();
    return ControlMessages.encode(event);
  }

  private static @Nullable Instant instant(OptionalLong millis) {
    return millis.isPresent() ? Instant.ofEpochMilli(millis.getAsLong()) : null;
  }
}
