package io.penstock.service;

import io.penstock.config.InferenceConfig;
import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.control.kafka.ControlPlane;
import io.penstock.control.kafka.ControlPlaneSettings;
import io.penstock.control.message.ControlMessages;
import io.penstock.http.AdminServer;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that {@code penstock serve} runs, started in order and stopped in reverse: admin HTTP,
 * inference threads, models, pipelines (at rest until a version is active), control plane.
 *
 * <p>Stopping takes {@link #STOP_TIMEOUT} at most: {@link #CONTROL_STOP} to leave the control
 * plane, then {@link #PIPELINES_STOP} in which all pipelines drain and commit, then {@link
 * #MODELS_STOP} in which all models unload. What hangs is left to the end of the process, which
 * loses nothing, since offsets are committed after outcomes.
 *
 * <p>Thread-safe; {@link #close} may come from a shutdown hook.
 */
public final class PenstockService implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PenstockService.class);

  private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(60);

  /** Within which everything has stopped, whatever hangs. */
  static final Duration STOP_TIMEOUT = Duration.ofSeconds(75);

  private static final Duration CONTROL_STOP = Duration.ofSeconds(15);
  private static final Duration PIPELINES_STOP = Duration.ofSeconds(30);
  private static final Duration MODELS_STOP = Duration.ofSeconds(25);

  /** For what has nothing to wait for. */
  private static final Duration OTHERS_STOP = Duration.ofSeconds(5);

  private final PenstockConfig config;
  private final Foundation foundation;
  // Read by the admin server's threads while the service starts.
  private final Map<String, ModelHost> models = new ConcurrentHashMap<>();
  private final List<ServedPipeline> pipelines = new CopyOnWriteArrayList<>();
  private final AtomicReference<@Nullable String> fatal = new AtomicReference<>();
  private final ControlHealth controlHealth = new ControlHealth();
  private final StopSequence started = new StopSequence(System::nanoTime);

  private PenstockService(PenstockConfig config, Foundation foundation) {
    this.config = config;
    this.foundation = foundation;
  }

  /**
   * Starts the service and returns once it follows the fleet's decisions; pipelines start as their
   * models' versions become active.
   *
   * @throws RuntimeException if it cannot start, with a message for the operator; nothing is left
   */
  public static PenstockService start(PenstockConfig config)
      throws InterruptedException, TimeoutException {
    return start(config, Foundation.GENUINE);
  }

  /** The same on another foundation. */
  public static PenstockService start(PenstockConfig config, Foundation foundation)
      throws InterruptedException, TimeoutException {
    PenstockService service = new PenstockService(config, foundation);
    boolean complete = false;
    try {
      service.start();
      complete = true;
      return service;
    } finally {
      if (!complete) {
        service.close();
      }
    }
  }

  private void start() throws InterruptedException, TimeoutException {
    AdminServer admin =
        opened(
            "admin HTTP",
            AdminServer.start(
                config.http(), new ServiceHealth(config, models, pipelines, controlHealth)));
    log.info("admin HTTP is up listen={} port={}", config.http().listen(), admin.port());
    RegistrySettings registrySettings = RegistrySettings.of(config.registry());
    RestSchemaRegistry registry =
        opened("registry client", new RestSchemaRegistry(registrySettings));
    InferenceThreads inference =
        opened("inference", InferenceThreads.start(inferenceSettings(), fatal::set));
    ExecutorService work = opened("work", new WorkThreads()).executor();
    makePipelines(
        new PipelineFactory(
            config, registry, registrySettings.autoRegister(), inference, foundation));
    makeModels(work);
    // Stopped before the models: what is in flight drains on leases of the version that serves.
    started.stage(PIPELINES_STOP);
    pipelines.forEach(
        served -> started.add("pipeline " + served.pipeline().name(), served.pipeline()::close));
    startControlPlane(ControlMessages.withRegistry(registry));
  }

  private void makePipelines(PipelineFactory factory) {
    for (String name : config.pipelines().keySet()) {
      pipelines.add(factory.create(name));
    }
  }

  private void makeModels(ExecutorService work) {
    ModelFactory factory = new ModelFactory(config, foundation, MODELS_STOP);
    started.stage(MODELS_STOP);
    config
        .models()
        .forEach(
            (name, model) -> {
              ModelRuntime runtime = factory.create(name, model);
              started.add("model " + name, runtime::close);
              boolean automatic = model.promotion() == ModelConfig.Promotion.AUTOMATIC;
              models.put(name, new ModelHost(runtime, automatic, pipelinesOf(name), work));
            });
  }

  private void startControlPlane(ControlMessages messages)
      throws InterruptedException, TimeoutException {
    ControlPlaneSettings settings =
        new ControlPlaneSettings(
            config.service(),
            ControlPlaneSettings.newInstanceId(),
            ClientKeys.ofControlPlane(config.kafka()),
            config.control().heartbeatInterval(),
            config.control().livenessTimeout(),
            config.control().prepareTimeout());
    ControlPlane control =
        ControlPlane.start(
            settings, new ServingInstance(models), messages, this::controlPlaneFailed);
    started.stage(CONTROL_STOP);
    started.add(
        "control plane",
        timeout -> {
          controlHealth.stopped();
          control.close(timeout);
        });
    models
        .values()
        .forEach(
            host -> {
              host.runtime().addListener(status -> control.modelsChanged());
              host.runtime().start();
            });
    control.awaitCaughtUp(CATCH_UP_TIMEOUT);
    controlHealth.following();
    log.info(
        "following the fleet service={} instance={} models={} pipelines={}",
        config.service(),
        settings.instanceId(),
        models.keySet(),
        config.pipelines().keySet());
  }

  private void controlPlaneFailed(Throwable failure) {
    controlHealth.failed(failure);
    log.error(
        "the control plane has stopped; what was decided last stands reason={}",
        failure.getMessage());
  }

  /** Whether no pipeline works or ever will: all have halted, and not for want of a version. */
  public boolean hasHalted() {
    return !pipelines.isEmpty()
        && pipelines.stream()
            .allMatch(served -> served.pipeline().state() == Pipeline.State.HALTED);
  }

  /** Why the process cannot go on and has to end; empty while it can. */
  public Optional<String> fatalReason() {
    return Optional.ofNullable(fatal.get());
  }

  private InferenceSettings inferenceSettings() {
    InferenceConfig inference = config.inference();
    return new InferenceSettings(
        inference.threads(), inference.runTimeout(), inference.maxAbandonedThreads());
  }

  private List<ServedPipeline> pipelinesOf(String model) {
    return pipelines.stream()
        .filter(served -> config.pipeline(served.pipeline().name()).model().equals(model))
        .toList();
  }

  private <T extends AutoCloseable> T opened(String name, T part) {
    started.stage(OTHERS_STOP);
    started.add(name, timeout -> part.close());
    return part;
  }

  /** Stops everything within {@link #STOP_TIMEOUT}: pipelines drain and commit. Idempotent. */
  @Override
  public void close() {
    started.stop(STOP_TIMEOUT);
  }

  /** Threads for what may block: registry look-ups and starting pipelines. */
  private record WorkThreads(ExecutorService executor) implements AutoCloseable {

    WorkThreads() {
      this(
          Executors.newCachedThreadPool(
              task -> {
                Thread thread = new Thread(task, "penstock-work");
                thread.setDaemon(true);
                return thread;
              }));
    }

    @Override
    public void close() {
      executor.shutdownNow();
    }
  }
}
