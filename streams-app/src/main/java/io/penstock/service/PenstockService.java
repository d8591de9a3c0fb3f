package io.penstock.service;

import io.penstock.config.ModelConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.control.kafka.ControlPlane;
import io.penstock.control.kafka.ControlPlaneSettings;
import io.penstock.control.message.ControlMessages;
import io.penstock.http.AdminServer;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.lifecycle.ModelLoader;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.ModelSettings;
import io.penstock.model.lifecycle.VersionPolicy;
import io.penstock.model.source.DirectorySource;
import io.penstock.model.tensorflow.SessionSettings;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Everything that {@code penstock serve} runs, started in order and closed in reverse: admin HTTP,
 * inference threads, models, pipelines (at rest until a version is active), control plane.
 *
 * <p>Thread-safe; {@link #close} may come from a shutdown hook.
 */
public final class PenstockService implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PenstockService.class);

  private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(60);

  /** A pipeline has this long to drain and commit, all pipelines at the same time. */
  private static final Duration STOP_TIMEOUT = Duration.ofSeconds(30);

  private final PenstockConfig config;
  private final Foundation foundation;
  // Read by the admin server's threads while the service starts.
  private final Map<String, ModelHost> models = new ConcurrentHashMap<>();
  private final List<ServedPipeline> pipelines = new CopyOnWriteArrayList<>();
  private final Deque<AutoCloseable> started = new ArrayDeque<>();

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
        opened(AdminServer.start(config.http(), new ServiceHealth(config, models, pipelines)));
    log.info("admin HTTP is up listen={} port={}", config.http().listen(), admin.port());
    RegistrySettings registrySettings = RegistrySettings.of(config.registry());
    RestSchemaRegistry registry = opened(new RestSchemaRegistry(registrySettings));
    InferenceThreads inference = opened(new InferenceThreads(config.inference().threads()));
    ExecutorService work = opened(new WorkThreads()).executor();
    startPipelines(
        new PipelineFactory(
            config, registry, registrySettings.autoRegister(), inference, foundation));
    startModels(work);
    // Closed before the models: what is in flight is drained on leases of the version that serves.
    started.push(this::stopPipelines);
    startControlPlane(ControlMessages.withRegistry(registry));
  }

  private void startPipelines(PipelineFactory factory) {
    for (String name : config.pipelines().keySet()) {
      pipelines.add(factory.create(name));
    }
  }

  private void startModels(ExecutorService work) {
    ModelLoader loader =
        foundation.loader(
            new SessionSettings(
                config.inference().intraOpThreads(), config.inference().interOpThreads()));
    config
        .models()
        .forEach(
            (name, model) -> {
              ModelSettings settings = settings(name, model);
              ModelRuntime runtime =
                  opened(
                      new ModelRuntime(
                          settings,
                          new DirectorySource(
                              name, model.path(), settings.settle(), System::nanoTime),
                          loader,
                          InstantSource.system()));
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
        opened(
            ControlPlane.start(
                settings,
                new ServingInstance(models),
                messages,
                failure ->
                    log.error(
                        "the control plane has stopped; what was decided last stands reason={}",
                        failure.getMessage())));
    models
        .values()
        .forEach(
            host -> {
              host.runtime().addListener(status -> control.modelsChanged());
              host.runtime().start();
            });
    control.awaitCaughtUp(CATCH_UP_TIMEOUT);
    log.info(
        "following the fleet service={} instance={} models={} pipelines={}",
        config.service(),
        settings.instanceId(),
        models.keySet(),
        config.pipelines().keySet());
  }

  /** Whether no pipeline works or ever will: all have halted. */
  public boolean hasHalted() {
    return !pipelines.isEmpty()
        && pipelines.stream()
            .allMatch(served -> served.pipeline().state() == Pipeline.State.HALTED);
  }

  private List<ServedPipeline> pipelinesOf(String model) {
    return pipelines.stream()
        .filter(served -> config.pipeline(served.pipeline().name()).model().equals(model))
        .toList();
  }

  private ModelSettings settings(String name, ModelConfig model) {
    List<PipelineConfig> users =
        config.pipelines().values().stream().filter(p -> p.model().equals(name)).toList();
    Set<String> signatures =
        users.stream().map(PipelineConfig::signature).collect(Collectors.toSet());
    int largestBatch = users.stream().mapToInt(p -> p.batch().rows()).max().orElse(1);
    return new ModelSettings(
        name,
        model.path(),
        model.settle(),
        model.pollInterval(),
        new VersionPolicy.Latest(model.versions().count()),
        signatures.isEmpty() ? Set.of(ModelSettings.DEFAULT_SIGNATURE) : signatures,
        largestBatch,
        STOP_TIMEOUT);
  }

  /** All at the same time: each drains and commits by itself. */
  private void stopPipelines() {
    pipelines.parallelStream().forEach(served -> served.pipeline().close(STOP_TIMEOUT));
  }

  private <T extends AutoCloseable> T opened(T part) {
    started.push(part);
    return part;
  }

  /** Stops in the reverse order of the start: pipelines drain and commit. Idempotent. */
  @Override
  public synchronized void close() {
    while (!started.isEmpty()) {
      AutoCloseable part = started.pop();
      try {
        part.close();
      } catch (Exception e) {
        log.warn("did not close cleanly part={} reason={}", part, e.toString());
      }
    }
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
