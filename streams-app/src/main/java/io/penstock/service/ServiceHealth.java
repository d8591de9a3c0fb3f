package io.penstock.service;

import io.penstock.batching.SealReason;
import io.penstock.batching.plan.BatchTarget;
import io.penstock.config.PenstockConfig;
import io.penstock.config.PipelineConfig;
import io.penstock.http.HealthReport;
import io.penstock.inference.InferenceStatistics;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import io.penstock.pipeline.PipelineStatistics;
import io.penstock.streams.Pipeline;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Answers how the service is. What is configured and not made yet is reported as on its way, so
 * that a service that is starting is not ready. Thread-safe.
 */
final class ServiceHealth implements Supplier<HealthReport> {

  private static final HealthReport.Pipeline PIPELINE_TO_COME =
      new HealthReport.Pipeline(
          true,
          false,
          Pipeline.State.WAITING.name(),
          "",
          0,
          0,
          Map.of(),
          new HealthReport.Batches(0, 0, ""));
  private static final HealthReport.Model MODEL_TO_COME =
      new HealthReport.Model(
          false,
          "none yet",
          new TreeMap<>(),
          new TreeMap<>(),
          new TreeMap<>(),
          new TreeMap<>(),
          "");

  private final Supplier<PenstockConfig> configs;
  private final Map<String, ModelHost> models;
  private final Collection<ServedPipeline> pipelines;
  private final ControlHealth controlPlane;

  /**
   * @param configs the configuration that holds now
   */
  ServiceHealth(
      Supplier<PenstockConfig> configs,
      Map<String, ModelHost> models,
      Collection<ServedPipeline> pipelines,
      ControlHealth controlPlane) {
    this.configs = configs;
    this.models = models;
    this.pipelines = pipelines;
    this.controlPlane = controlPlane;
  }

  @Override
  public HealthReport get() {
    PenstockConfig config = configs.get();
    SortedMap<String, HealthReport.Pipeline> pipelineReports = new TreeMap<>();
    config.pipelines().keySet().forEach(name -> pipelineReports.put(name, PIPELINE_TO_COME));
    pipelines.forEach(served -> pipelineReports.put(served.pipeline().name(), report(served)));
    SortedMap<String, HealthReport.Model> modelReports = new TreeMap<>();
    config.models().keySet().forEach(name -> modelReports.put(name, MODEL_TO_COME));
    models.forEach((name, host) -> modelReports.put(name, report(host)));
    return new HealthReport(pipelineReports, modelReports, controlPlane.report());
  }

  private HealthReport.Pipeline report(ServedPipeline served) {
    Pipeline pipeline = served.pipeline();
    Pipeline.State state = pipeline.state();
    PipelineStatistics statistics = pipeline.statistics();
    InferenceStatistics inference = served.inference();
    BatchTarget target = served.terms().plan().target();
    return new HealthReport.Pipeline(
        state != Pipeline.State.HALTED,
        state == Pipeline.State.RUNNING,
        state.name(),
        detail(served),
        statistics.inFlightRecords(),
        inference.averageRows(),
        sealed(statistics),
        new HealthReport.Batches(target.rows(), target.lingerNanos() / 1e6, target.reason()));
  }

  /** Why it has stopped, and what comes of that. */
  private String detail(ServedPipeline served) {
    Pipeline pipeline = served.pipeline();
    String reason = pipeline.stopReason().orElse("");
    if (pipeline.state() != Pipeline.State.MODEL_FAILED) {
      return reason;
    }
    String outlook =
        served.rollsBack()
            ? Optional.ofNullable(configs.get().pipelines().get(pipeline.name()))
                .map(PipelineConfig::model)
                .map(models::get)
                .map(ModelHost::fallback)
                .orElse("")
            : "";
    return reason + "; " + (outlook.isEmpty() ? "waits for another version" : outlook);
  }

  private static Map<String, Long> sealed(PipelineStatistics statistics) {
    Map<String, Long> sealed = new LinkedHashMap<>();
    for (SealReason reason : SealReason.values()) {
      sealed.put(reason.name().toLowerCase(Locale.ROOT), statistics.sealedBatches(reason));
    }
    return sealed;
  }

  private static HealthReport.Model report(ModelHost host) {
    Map<Long, VersionStatus> statuses = host.runtime().statuses();
    SortedMap<Long, String> versions = new TreeMap<>();
    SortedMap<Long, String> since = new TreeMap<>();
    statuses.forEach(
        (version, status) -> {
          versions.put(version, status.state().name());
          since.put(version, status.since().truncatedTo(ChronoUnit.SECONDS).toString());
        });
    SortedMap<Long, String> warmUps = new TreeMap<>();
    host.runtime().warmUps().forEach((version, went) -> warmUps.put(version, went.toString()));
    Optional<Long> active = host.active();
    boolean ready =
        active
            .map(statuses::get)
            .filter(status -> status.state() == VersionState.AVAILABLE)
            .isPresent();
    String detail =
        Stream.concat(
                statuses.values().stream().flatMap(status -> status.error().stream()),
                host.runtime().overdueLeases().stream())
            .collect(Collectors.joining("; "));
    return new HealthReport.Model(
        ready,
        active.map(String::valueOf).orElse("none yet"),
        versions,
        since,
        warmUps,
        host.runtime().pending(),
        detail);
  }
}
