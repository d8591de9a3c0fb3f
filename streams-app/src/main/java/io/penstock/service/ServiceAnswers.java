package io.penstock.service;

import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.http.AdminServer;
import io.penstock.http.HealthReport;
import io.penstock.http.ReloadReport;
import io.penstock.http.ServiceStatus;
import io.penstock.http.serving.ModelView;
import io.penstock.metrics.ServiceMeters;
import io.penstock.model.DeclaredSignature;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.schemas.ModelDecision;
import io.penstock.streams.AssignedPartition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the admin server answers of this service. Thread-safe.
 *
 * @param configuration the one that holds
 * @param instance the name of this process in the fleet
 * @param decisions the newest about each model, as far as this instance has seen
 * @param reloads reads the configuration again
 */
record ServiceAnswers(
    Supplier<Reloader.State> configuration,
    String instance,
    Instant since,
    Supplier<HealthReport> reports,
    ServiceMeters meters,
    Map<String, ModelHost> models,
    Collection<ServedPipeline> pipelines,
    Supplier<Map<String, ModelDecision>> decisions,
    Supplier<CompletableFuture<ReloadReport>> reloads)
    implements AdminServer.Answers {

  @Override
  public HealthReport health() {
    return reports.get();
  }

  @Override
  public String metrics() {
    return meters.scrape();
  }

  @Override
  public CompletableFuture<ReloadReport> reload() {
    return reloads.get();
  }

  @Override
  public ServiceStatus status() {
    Reloader.State state = configuration.get();
    PenstockConfig config = state.config().config();
    SortedMap<String, ServiceStatus.Pipeline> positions = new TreeMap<>();
    for (ServedPipeline served : pipelines) {
      String name = served.pipeline().name();
      Optional.ofNullable(config.pipelines().get(name))
          .ifPresent(pipeline -> positions.put(name, position(served, pipeline)));
    }
    SortedMap<String, ServiceStatus.Decision> fleet = new TreeMap<>();
    decisions.get().forEach((model, decision) -> fleet.put(model, fleet(decision)));
    return new ServiceStatus(
        config.service(),
        instance,
        seconds(since),
        new ServiceStatus.Configuration(
            state.config().fingerprint(), seconds(state.since()), state.last()),
        health(),
        positions,
        fleet);
  }

  private static String seconds(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static ServiceStatus.Pipeline position(ServedPipeline served, PipelineConfig pipeline) {
    List<AssignedPartition> partitions = served.pipeline().partitions();
    return new ServiceStatus.Pipeline(
        pipeline.model(),
        pipeline.input().topic(),
        pipeline.output().topic(),
        pipeline.deadLetters().topic(),
        partitions.stream().mapToLong(each -> each.lag().orElse(0)).sum(),
        partitions.stream().map(ServiceAnswers::partition).toList());
  }

  private static ServiceStatus.Partition partition(AssignedPartition assigned) {
    return new ServiceStatus.Partition(
        assigned.topic(),
        assigned.partition(),
        assigned.task(),
        assigned.thread(),
        orNull(assigned.committed()),
        orNull(assigned.lag()));
  }

  private static @Nullable Long orNull(OptionalLong value) {
    return value.isPresent() ? value.getAsLong() : null;
  }

  private static ServiceStatus.Decision fleet(ModelDecision decision) {
    return new ServiceStatus.Decision(
        decision.getPhase().name(),
        decision.getActive(),
        decision.getPrevious(),
        decision.getTarget(),
        decision.getEpoch(),
        decision.getTime().toString(),
        decision.getReason(),
        new TreeMap<>(decision.getLabels()),
        decision.getPins());
  }

  @Override
  public Optional<ModelView> model(String name) {
    return Optional.ofNullable(models.get(name)).map(host -> new View(name, host));
  }

  private final class View implements ModelView {

    private final String name;
    private final ModelHost host;

    View(String name, ModelHost host) {
      this.name = name;
      this.host = host;
    }

    @Override
    public SortedMap<Long, VersionStatus> versions() {
      return host.runtime().statuses();
    }

    @Override
    public Optional<Long> active() {
      return host.active();
    }

    @Override
    public Map<String, Long> labels() {
      ModelDecision decision = decisions.get().get(name);
      return decision == null ? Map.of() : decision.getLabels();
    }

    @Override
    public Optional<List<DeclaredSignature>> signatures(long version) {
      return host.runtime().declaredSignatures(version);
    }
  }
}
