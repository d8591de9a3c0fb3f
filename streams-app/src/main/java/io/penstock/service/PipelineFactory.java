package io.penstock.service;

import io.penstock.batching.BatchLimits;
import io.penstock.batching.ByteBudget;
import io.penstock.batching.Inference;
import io.penstock.batching.auto.AutoBatching;
import io.penstock.batching.auto.TuningLimits;
import io.penstock.batching.plan.BatchPlan;
import io.penstock.check.model.CheckedPipeline;
import io.penstock.check.schema.InputSchema;
import io.penstock.codec.DeadLetterEncoder;
import io.penstock.codec.FieldMapping;
import io.penstock.codec.avro.AvroInputFormat;
import io.penstock.codec.avro.AvroOutputFormat;
import io.penstock.config.BatchConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.control.message.ControlMessages;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.BatchSizes;
import io.penstock.pipeline.Cutover;
import io.penstock.registry.SchemaRegistry;
import io.penstock.registry.Subjects;
import io.penstock.schemas.AuditEvent;
import io.penstock.streams.Pipeline;
import io.penstock.streams.StreamsSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.OptionalLong;

/** Makes pipelines of their configuration. */
final class PipelineFactory {

  private final PenstockConfig config;
  private final SchemaRegistry registry;
  private final boolean autoRegister;
  private final InferenceThreads inference;
  private final ByteBudget budget;
  private final Foundation foundation;

  PipelineFactory(
      PenstockConfig config,
      SchemaRegistry registry,
      boolean autoRegister,
      InferenceThreads inference,
      Foundation foundation) {
    this.config = config;
    this.registry = registry;
    this.autoRegister = autoRegister;
    this.inference = inference;
    this.budget = new ByteBudget(config.inference().maxInFlight().bytes());
    this.foundation = foundation;
  }

  /**
   * A pipeline at rest. Asks the registry for the schema of its dead letters.
   *
   * @throws io.penstock.registry.RegistryException if that is not registered, and may not be
   */
  ServedPipeline create(String name) {
    PipelineConfig pipeline = config.pipeline(name);
    DeadLetterEncoder deadLetters =
        new DeadLetterEncoder(
            registry, Subjects.ofValues(pipeline.deadLetters().topic()), autoRegister);
    BatchPlan plan = plan(name, pipeline);
    Pipeline.Definition definition =
        new Pipeline.Definition(
            name,
            pipeline.input().topic(),
            pipeline.output().topic(),
            pipeline.deadLetters().topic(),
            config.controlTopics().audit(),
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
    FieldMapping mapping = new FieldMapping(pipeline.input().fields());
    return new ServedPipeline(
        new Pipeline(definition, streams, inference, lanes -> foundation.clients(name, lanes)),
        pipeline.onModelFailure() == PipelineConfig.OnModelFailure.ROLL_BACK,
        terms(name, pipeline, plan),
        inference.statistics(name),
        pipeline.signature(),
        new AvroInputFormat(registry, mapping),
        CheckedPipeline.lengths(pipeline.batch()),
        new InputSchema(registry, name, pipeline.input().topic(), mapping),
        new AvroOutputFormat(registry, Subjects.ofValues(pipeline.output().topic()), autoRegister));
  }

  private static Inference.Terms terms(String name, PipelineConfig pipeline, BatchPlan plan) {
    BatchConfig batch = pipeline.batch();
    return new Inference.Terms(
        name,
        pipeline.share(),
        new BatchSizes(batch.rows(), batch.allowedSizes()),
        batch.bytes().bytes(),
        pipeline.output().nonFinite() == PipelineConfig.NonFinite.DEAD_LETTER
            ? Inference.NonFinite.DEAD_LETTER
            : Inference.NonFinite.PASS,
        plan);
  }

  private BatchPlan plan(String name, PipelineConfig pipeline) {
    BatchConfig batch = pipeline.batch();
    Duration latency = batch.latency();
    if (latency == null) {
      return BatchPlan.fixed(batch.rows(), batch.linger());
    }
    int runners = config.inference().threads();
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
        Math.max(batch.rows(), batch.maxInFlightRows() / threads),
        Math.max(1, batch.maxInFlight().bytes() / threads));
  }

  private static byte[] audit(Cutover cutover) {
    OptionalLong from = cutover.from();
    AuditEvent event =
        AuditEvent.newBuilder()
            .setTime(Instant.now())
            .setCutover(
                io.penstock.schemas.Cutover.newBuilder()
                    .setPipeline(cutover.pipeline())
                    .setTopic(cutover.topic())
                    .setPartition(cutover.partition())
                    .setOffset(cutover.offset())
                    .setFrom(from.isPresent() ? from.getAsLong() : null)
                    .setTo(cutover.to())
                    .setEpoch(cutover.epoch())
                    .setTime(Instant.ofEpochMilli(cutover.time()))
                    .build())
            .build();
    return ControlMessages.encode(event);
  }
}
