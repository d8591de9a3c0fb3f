package io.penstock.service;

import io.penstock.batching.InFlightBudget;
import io.penstock.batching.VersionBinding;
import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.InferenceConfig;
import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.VersionsConfig;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.ModelException;
import io.penstock.model.ServableVersion;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.registry.NoRegistry;
import io.penstock.registry.RegistryException;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.registry.SchemaRegistry;
import io.penstock.replay.ReplayException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * What computes a pipeline's records outside of a service: the same formats, loader and inference
 * threads, with the versions that a replay names and no others. Not thread-safe.
 */
final class ReplayEngine implements AutoCloseable {

  private static final Duration DRAIN = Duration.ofSeconds(10);

  /** Beyond what a load and a copy that settles may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final ModelConfig model;
  private final InferenceThreads inference;
  private final ServedPipeline served;
  private final InFlightBudget budget;
  private final ModelRuntime runtime;
  private final StopSequence started;

  private ReplayEngine(
      ModelConfig model,
      InferenceThreads inference,
      ServedPipeline served,
      InFlightBudget budget,
      ModelRuntime runtime,
      StopSequence started) {
    this.model = model;
    this.inference = inference;
    this.served = served;
    this.budget = budget;
    this.runtime = runtime;
    this.started = started;
  }

  /**
   * An engine that begins to load these versions.
   *
   * @param versions one or more
   * @throws RegistryException if the schema of the pipeline's dead letters cannot be had
   */
  static ReplayEngine start(PenstockConfig config, String pipeline, Set<Long> versions) {
    StopSequence started = new StopSequence(System::nanoTime);
    try {
      return start(config, pipeline, versions, started);
    } catch (RuntimeException e) {
      started.stop(DRAIN);
      throw e;
    }
  }

  private static ReplayEngine start(
      PenstockConfig config, String pipeline, Set<Long> versions, StopSequence started) {
    String name = config.pipeline(pipeline).model();
    ModelConfig model =
        config
            .model(name)
            .with(new VersionsConfig(VersionsConfig.Policy.SPECIFIC, 1, List.copyOf(versions)));
    Optional<RegistrySettings> keys =
        Optional.of(config.registry()).filter(set -> !set.isEmpty()).map(RegistrySettings::of);
    SchemaRegistry registry =
        keys.<SchemaRegistry>map(RestSchemaRegistry::new).orElseGet(NoRegistry::new);
    started.stage(DRAIN);
    started.add("registry", timeout -> registry.close());
    InferenceConfig threads = config.inference();
    ModelRuntime runtime =
        new ModelFactory(threads, Foundation.GENUINE, DRAIN).create(config, name, model);
    started.stage(DRAIN);
    started.add("model " + name, runtime::close);
    // A run that hangs fails its batches, and with these the replay: the process ends anyway.
    InferenceThreads inference =
        InferenceThreads.start(
            new InferenceSettings(threads.threads(), threads.maxAbandonedThreads()), why -> {});
    started.stage(DRAIN);
    started.add("inference", timeout -> inference.close());
    PipelineFactory factory =
        new PipelineFactory(
            threads,
            new PipelineFormats(
                FormatCatalog.load(),
                registry,
                keys.map(RegistrySettings::autoRegister).orElse(false)),
            inference,
            Foundation.GENUINE);
    ServedPipeline served = factory.create(config, pipeline);
    runtime.start();
    return new ReplayEngine(model, inference, served, factory.budget(), runtime, started);
  }

  /**
   * Waits until each of these versions is loaded, warm, and ready for the pipeline.
   *
   * @throws ReplayException if one cannot be
   */
  Map<Long, VersionBinding> bindings(Set<Long> versions) throws InterruptedException {
    Map<Long, CompletableFuture<ServableVersion>> asked = new TreeMap<>();
    versions.forEach(version -> asked.put(version, runtime.whenAvailable(version)));
    Map<Long, VersionBinding> bindings = new HashMap<>();
    for (Map.Entry<Long, CompletableFuture<ServableVersion>> version : asked.entrySet()) {
      long number = version.getKey();
      try {
        ServableVersion loaded = await(version.getValue(), number);
        bindings.put(number, served.bind(loaded, () -> runtime.acquire(number)));
      } catch (ModelException | RegistryException e) {
        throw new ReplayException(
            "%s/%d, by which records are to be replayed, cannot be had from %s: %s. Nothing is written. Bring the version back there, replay other records, or replay with --versions active"
                .formatted(runtime.name(), number, model.path(), e.getMessage()),
            e);
      }
    }
    return bindings;
  }

  private ServableVersion await(CompletableFuture<ServableVersion> loading, long version)
      throws InterruptedException {
    Duration patience = model.fitness().loadTimeout().plus(model.settle()).plus(PATIENCE);
    try {
      return loading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new ModelException(
          "it is not loaded within %s (%s)".formatted(patience, runtime.statuses().get(version)),
          e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof ModelException reason
          ? reason
          : new ModelException(String.valueOf(e.getMessage()), e);
    }
  }

  ServedPipeline served() {
    return served;
  }

  InferenceThreads inference() {
    return inference;
  }

  InFlightBudget budget() {
    return budget;
  }

  @Override
  public void close() {
    started.stop(DRAIN);
  }
}
