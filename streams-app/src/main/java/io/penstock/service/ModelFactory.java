package io.penstock.service;

import io.penstock.config.DataSize;
import io.penstock.config.FitnessConfig;
import io.penstock.config.InferenceConfig;
import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.config.RequestsConfig;
import io.penstock.config.VersionsConfig;
import io.penstock.model.BatchSizes;
import io.penstock.model.fitness.Fitness;
import io.penstock.model.lifecycle.LoadRetries;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.Transition;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.loading.LoadSlots;
import io.penstock.model.loading.LoadTerms;
import io.penstock.model.loading.ModelLoader;
import io.penstock.model.memory.MemoryLimit;
import io.penstock.model.memory.NativeMemory;
import io.penstock.model.source.ModelSource;
import io.penstock.model.source.directory.DirectorySource;
import io.penstock.model.tensorflow.SessionSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Makes models' runtimes of their configuration. */
final class ModelFactory {

  private final Foundation foundation;
  private final ModelLoader loader;
  private final Duration drainTimeout;
  private final LoadSlots slots;
  private final NativeMemory memory;
  private final Duration leaseLimit;

  /**
   * @param process what all models share
   * @param drainTimeout how long a model waits for leases when it closes
   */
  ModelFactory(InferenceConfig process, Foundation foundation, Duration drainTimeout) {
    this.foundation = foundation;
    this.drainTimeout = drainTimeout;
    this.loader =
        foundation.loader(new SessionSettings(process.intraOpThreads(), process.interOpThreads()));
    this.slots = new LoadSlots(process.loadThreads());
    this.memory = new NativeMemory(limit("inference.native-memory", process.nativeMemory()));
    // A run is given up on after its time-out: whoever keeps a lease for twice as long has hung.
    this.leaseLimit = process.runTimeout().multipliedBy(2);
  }

  /** What all models take together. */
  NativeMemory memory() {
    return memory;
  }

  /** A model's runtime, at rest. */
  ModelRuntime create(PenstockConfig config, String name) {
    return create(config, name, config.model(name));
  }

  /** The same with other settings than the file's. */
  ModelRuntime create(PenstockConfig config, String name, ModelConfig model) {
    return new ModelRuntime(
        settings(name, model, fitness(config, name)),
        foundation.source(name, model),
        loader,
        new LoadTerms(
            slots,
            memory,
            limit("models." + name + ".native-memory", model.nativeMemory()),
            model.fitness().loadTimeout()),
        InstantSource.system());
  }

  private static Optional<MemoryLimit> limit(String key, DataSize size) {
    return size.isLimited() ? Optional.of(new MemoryLimit(key, size.bytes())) : Optional.empty();
  }

  /** The source that a model's configuration describes. */
  static ModelSource directory(String name, ModelConfig model) {
    return new DirectorySource(
        name,
        model.path(),
        model.completeWhen().with(model.settle(), model.marker()),
        model.followLinks().links(),
        System::nanoTime);
  }

  private static VersionPolicy policy(VersionsConfig versions) {
    return switch (versions.policy()) {
      case LATEST -> new VersionPolicy.Latest(versions.count());
      case ALL -> new VersionPolicy.All();
      case SPECIFIC -> new VersionPolicy.Specific(new TreeSet<>(versions.numbers()));
    };
  }

  private static Transition transition(ModelConfig model) {
    return switch (model.transition()) {
      case AVAILABILITY_PRESERVING -> Transition.AVAILABILITY_PRESERVING;
      case RESOURCE_PRESERVING -> Transition.RESOURCE_PRESERVING;
    };
  }

  private ModelSettings settings(String name, ModelConfig model, Fitness fitness) {
    return new ModelSettings(
        name,
        model.path(),
        model.pollInterval(),
        policy(model.versions()),
        transition(model),
        new LoadRetries(model.loadRetries(), model.loadRetryInterval()),
        fitness,
        leaseLimit,
        drainTimeout);
  }

  /** What the versions of a model have to show, for the pipelines that use it. */
  static Fitness fitness(PenstockConfig config, String name) {
    FitnessConfig asked = config.model(name).fitness();
    List<PipelineConfig> users =
        config.pipelines().values().stream().filter(p -> p.model().equals(name)).toList();
    Set<String> signatures =
        users.stream().map(PipelineConfig::signature).collect(Collectors.toSet());
    Set<Integer> sizes =
        users.stream()
            .map(user -> new BatchSizes(user.batch().rows(), user.batch().allowedSizes()))
            .flatMap(allowed -> allowed.toWarmUp().stream())
            .collect(Collectors.toSet());
    return new Fitness(
        signatures.isEmpty() ? Set.of(ModelSettings.DEFAULT_SIGNATURE) : signatures,
        sizes.isEmpty() ? sizesOfRequests(config) : sizes,
        asked.goldenChecks() == FitnessConfig.Need.REQUIRED,
        asked.finiteOutputs() == FitnessConfig.Need.REQUIRED);
  }

  /** Of a model without a pipeline; what others are warmed up for serves requests as well. */
  private static Set<Integer> sizesOfRequests(PenstockConfig config) {
    RequestsConfig.Batching batch = config.requests().batch();
    return config.answersRequests()
        ? new BatchSizes(batch.rows(), batch.allowedSizes()).toWarmUp()
        : Set.of(1);
  }
}
