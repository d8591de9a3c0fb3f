package io.penstock.service;

import io.penstock.codec.catalog.FormatCatalog;
import io.penstock.codec.catalog.PipelineFormats;
import io.penstock.config.InferenceConfig;
import io.penstock.config.PenstockConfig;
import io.penstock.config.RequestsConfig;
import io.penstock.config.load.EffectiveConfig;
import io.penstock.control.kafka.ClientKeys;
import io.penstock.control.kafka.ControlPlane;
import io.penstock.control.kafka.ControlPlaneSettings;
import io.penstock.control.message.ControlMessages;
import io.penstock.grpc.GrpcServer;
import io.penstock.http.AdminServer;
import io.penstock.http.ReloadReport;
import io.penstock.http.RequestServer;
import io.penstock.inference.InferenceSettings;
import io.penstock.inference.InferenceThreads;
import io.penstock.metrics.InstanceMeters;
import io.penstock.metrics.ServiceMeters;
import io.penstock.registry.NoRegistry;
import io.penstock.registry.RegistrySettings;
import io.penstock.registry.RestSchemaRegistry;
import io.penstock.registry.SchemaRegistry;
import io.penstock.schemas.ModelDecision;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
 * <p>Stopping takes {@link Departure#ALL} at most, in the order that stands there. What hangs is
 * left to the end of the process, which loses nothing, since offsets are committed after outcomes.
 *
 * <p>Thread-safe; {@link #close} may come from a shutdown hook.
 */
public final class PenstockService implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(PenstockService.class);

  private static final Duration CATCH_UP_TIMEOUT = Duration.ofSeconds(60);

  private final PenstockConfig config;
  private final Foundation foundation;
  private final ServiceMeters meters = new ServiceMeters();
  // Read by the admin server's threads while the service starts.
  private final Roster roster;
  private final Reloader reloader;
  private final AtomicReference<@Nullable String> fatal = new AtomicReference<>();
  private final ControlHealth controlHealth = new ControlHealth();
  private final FleetKnowledge knowledge;
  private final StopSequence started = new StopSequence(System::nanoTime);
  private final String instanceId = ControlPlaneSettings.newInstanceId();
  private final CompletableFuture<ControlPlane> control = new CompletableFuture<>();
  private volatile @Nullable Changeover changeover;

  private PenstockService(EffectiveConfig config, ConfigSource source, Foundation foundation) {
    this.config = config.config();
    this.foundation = foundation;
    this.knowledge = new FleetKnowledge(this.config.control().whenStale(), System::nanoTime);
    this.roster = new Roster(meters, this.config.control().whenStale());
    this.reloader = new Reloader(config, source, roster, InstantSource.system());
  }

  /**
   * Starts the service and returns once it follows the fleet's decisions; pipelines start as their
   * models' versions become active.
   *
   * @param source where it reads its configuration again when it is to {@link #reload}
   * @throws RuntimeException if it cannot start, with a message for the operator; nothing is left
   */
  public static PenstockService start(EffectiveConfig config, ConfigSource source)
      throws InterruptedException, TimeoutException {
    return start(config, source, Foundation.GENUINE);
  }

  /** The same on another foundation. */
  public static PenstockService start(
      EffectiveConfig config, ConfigSource source, Foundation foundation)
      throws InterruptedException, TimeoutException {
    PenstockService service = new PenstockService(config, source, foundation);
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
    opened("metrics", meters);
    Optional<RequestDoors> doors =
        Optional.of(config)
            .filter(PenstockConfig::answersRequests)
            .map(answering -> opened("requests", new RequestDoors(answering, this::isConfigured)));
    openHttp(doors);
    InstanceMeters instanceMeters = new InstanceMeters(meters);
    instanceMeters.addControlPlane(ControlHealth.states(), () -> controlHealth.report().state());
    Optional<RegistrySettings> registrySettings =
        Optional.of(config.registry()).filter(keys -> !keys.isEmpty()).map(RegistrySettings::of);
    SchemaRegistry registry =
        opened(
            "registry client",
            registrySettings
                .<SchemaRegistry>map(
                    keys -> new RestSchemaRegistry(keys, instanceMeters.registry()))
                .orElseGet(NoRegistry::new));
    boolean autoRegister = registrySettings.map(RegistrySettings::autoRegister).orElse(false);
    InferenceThreads inference =
        opened("inference", InferenceThreads.start(inferenceSettings(), fatal::set));
    instanceMeters.add(inference);
    ExecutorService work = opened("work", new WorkThreads()).executor();
    PipelineFactory pipelineFactory =
        new PipelineFactory(
            config.inference(),
            new PipelineFormats(FormatCatalog.load(), registry, autoRegister),
            inference,
            foundation);
    instanceMeters.add(pipelineFactory.budget());
    ModelFactory modelFactory = new ModelFactory(config.inference(), foundation, Departure.MODELS);
    instanceMeters.add(modelFactory.memory());
    Workshop workshop = new Workshop(pipelineFactory, modelFactory, work, this::onControlThread);
    Changeover.Doors openings =
        doors
            .<Changeover.Doors>map(
                open -> new ModelDoors(open, knowledge, this::decisions, inference, meters))
            .orElse(Changeover.Doors.NONE);
    Departure.addTo(started, new Everything(openings));
    fill(workshop);
    roster.models().values().forEach(openings::open);
    ControlPlane plane =
        startControlPlane(
            registrySettings.isPresent()
                ? ControlMessages.withRegistry(registry)
                : ControlMessages.jsonOnly());
    Changeover.Fleet seat = new FleetSeat(plane, instanceMeters);
    roster.models().values().forEach(seat::follow);
    roster.models().values().forEach(host -> host.runtime().start());
    awaitCaughtUp(plane);
    changeover = new Changeover(workshop, roster, seat, openings);
  }

  private void openHttp(Optional<RequestDoors> doors) {
    ServiceAnswers answers =
        new ServiceAnswers(
            reloader::state,
            instanceId,
            Instant.now(),
            new ServiceHealth(reloader::config, roster.models(), roster.pipelines(), controlHealth),
            meters,
            roster.models(),
            roster.pipelines(),
            this::decisions,
            this::reload);
    AdminServer admin =
        opened(
            "admin HTTP",
            AdminServer.start(
                config.http(),
                answers,
                doors
                    .filter(open -> config.rest() == RequestsConfig.Rest.ADMIN)
                    .map(open -> open.rest(answers))));
    if (config.rest() instanceof RequestsConfig.Own own) {
      RequestServer server =
          opened(
              "request HTTP",
              RequestServer.start(
                  config.http().on(own.listen()),
                  doors.orElseThrow().rest(answers),
                  answers::model));
      log.info("requests are answered listen={} port={}", own.listen(), server.port());
    }
    config
        .grpc()
        .ifPresent(
            grpc -> {
              GrpcServer server = opened("request gRPC", doors.orElseThrow().grpc(grpc, answers));
              log.info(
                  "requests are answered over gRPC listen={} port={}",
                  grpc.listen(),
                  server.port());
            });
    log.info("admin HTTP is up listen={} port={}", config.http().listen(), admin.port());
  }

  private boolean isConfigured(String model) {
    return reloader.config().models().containsKey(model);
  }

  /** With all that is configured, at rest. */
  private void fill(Workshop workshop) {
    for (String name : config.pipelines().keySet()) {
      roster.add(workshop.pipeline(config, name));
    }
    for (String name : config.models().keySet()) {
      roster.add(workshop.model(config, name, pipelinesOf(name)));
    }
  }

  private ControlPlane startControlPlane(ControlMessages messages) {
    ControlPlaneSettings settings =
        new ControlPlaneSettings(
            config.service(),
            instanceId,
            ClientKeys.ofControlPlane(config.kafka()),
            config.control().heartbeatInterval(),
            config.control().livenessTimeout(),
            config.control().prepareTimeout(),
            config.control().maxStaleness(),
            config.control().retainFor(),
            foundation.protocolLevel());
    ControlPlane plane =
        ControlPlane.start(
            settings,
            new ServingInstance(
                roster.models(),
                roster.rest(),
                controlHealth,
                knowledge,
                () -> reloader.state().config().fingerprint()),
            messages,
            controlHealth);
    control.complete(plane);
    return plane;
  }

  private void awaitCaughtUp(ControlPlane plane) throws InterruptedException, TimeoutException {
    plane.awaitCaughtUp(CATCH_UP_TIMEOUT);
    controlHealth.following();
    log.info(
        "following the fleet service={} instance={} models={} pipelines={}",
        config.service(),
        instanceId,
        roster.models().keySet(),
        config.pipelines().keySet());
  }

  /** All that a service serves. */
  private final class Everything implements Departure.Leaving {

    private final Changeover.Doors doors;

    Everything(Changeover.Doors doors) {
      this.doors = doors;
    }

    @Override
    public String reason() {
      return "the process is stopping";
    }

    @Override
    public Collection<ServedPipeline> pipelines() {
      return roster.pipelines();
    }

    @Override
    public Collection<ModelHost> models() {
      return roster.models().values();
    }

    @Override
    public void shut(ModelHost model, Duration timeout) throws InterruptedException {
      doors.shut(model.runtime().name(), timeout);
    }

    /** A static member stays in its group: it is expected back. */
    @Override
    public void drain(ServedPipeline pipeline, Duration timeout) {
      pipeline.pipeline().close(timeout);
    }

    @Override
    public void part(Duration timeout) {
      ControlPlane plane = control.getNow(null);
      if (plane != null) {
        controlHealth.stopped();
        plane.close(timeout);
      }
    }

    @Override
    public void unload(ModelHost model, Duration timeout) {
      model.runtime().close(timeout);
    }
  }

  /** Also what comes before it is known here that the control plane runs. */
  private void onControlThread(Runnable task) {
    var unused = control.thenAccept(plane -> plane.later(task));
  }

  private Map<String, ModelDecision> decisions() {
    ControlPlane plane = control.getNow(null);
    return plane == null ? Map.of() : plane.decisions();
  }

  /**
   * Reads the configuration again, and adds, changes and removes models and pipelines accordingly,
   * while the others go on. Returns at once.
   *
   * @return completes with what it came to, never exceptionally
   */
  public CompletableFuture<ReloadReport> reload() {
    Changeover ready = changeover;
    return ready == null
        ? CompletableFuture.completedFuture(reloader.tooEarly())
        : reloader.reload(ready);
  }

  /** Whether no pipeline works or ever will: all have halted, and not for want of a version. */
  public boolean hasHalted() {
    return roster.hasHalted(reloader.config().pipelines().keySet());
  }

  /** Why the process cannot go on and has to end; empty while it can. */
  public Optional<String> fatalReason() {
    return Optional.ofNullable(fatal.get());
  }

  private InferenceSettings inferenceSettings() {
    InferenceConfig inference = config.inference();
    return new InferenceSettings(inference.threads(), inference.maxAbandonedThreads());
  }

  private List<ServedPipeline> pipelinesOf(String model) {
    return roster.pipelines().stream()
        .filter(served -> config.pipeline(served.pipeline().name()).model().equals(model))
        .toList();
  }

  private <T extends AutoCloseable> T opened(String name, T part) {
    started.stage(Departure.REST);
    started.add(name, timeout -> part.close());
    return part;
  }

  /** Stops everything within {@link Departure#ALL}: pipelines drain and commit. Idempotent. */
  @Override
  public void close() {
    reloader.close();
    var unused = started.stop(Departure.ALL);
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
