package io.penstock.service;

import io.penstock.config.ControlConfig.WhenStale;
import io.penstock.metrics.ModelMeters;
import io.penstock.metrics.PipelineMeters;
import io.penstock.metrics.ServiceMeters;
import io.penstock.streams.Pipeline;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The models and pipelines that this instance has now: what it says of itself, measures and reports
 * is about these. Thread-safe; changed by one thread at a time, the models by the control thread
 * once that runs.
 */
final class Roster {

  private final Map<String, ModelHost> models = new ConcurrentHashMap<>();
  private final List<ServedPipeline> pipelines = new CopyOnWriteArrayList<>();
  private final Map<ServedPipeline, PipelineMeters> measured = new ConcurrentHashMap<>();
  private final ServiceMeters meters;
  private final ModelMeters modelMeters;
  private final boolean restsWhenStale;
  private final StaleRest rest = new StaleRest();

  /** Nobody yet. */
  Roster(ServiceMeters meters, WhenStale whenStale) {
    this.meters = meters;
    this.modelMeters = new ModelMeters(meters);
    this.restsWhenStale = whenStale == WhenStale.PAUSE;
  }

  /** By their names, as of now. */
  Map<String, ModelHost> models() {
    return Collections.unmodifiableMap(models);
  }

  /** As of now. */
  Collection<ServedPipeline> pipelines() {
    return Collections.unmodifiableList(pipelines);
  }

  /**
   * Whether all pipelines of those names have halted, and there is one. What is on its way, such as
   * one that is being changed, has not.
   */
  boolean hasHalted(Set<String> configured) {
    return !configured.isEmpty()
        && configured.stream()
            .allMatch(
                name ->
                    pipelines.stream()
                        .map(ServedPipeline::pipeline)
                        .filter(pipeline -> pipeline.name().equals(name))
                        .anyMatch(pipeline -> pipeline.state() == Pipeline.State.HALTED));
  }

  /** Those of the pipelines that rest while the decisions are not known. */
  StaleRest rest() {
    return rest;
  }

  void add(ServedPipeline served) {
    measured.put(
        served, PipelineMeters.bind(meters, served.pipeline(), served.inference(), served.terms()));
    if (restsWhenStale) {
      rest.add(served.pipeline());
    }
    pipelines.add(served);
  }

  /** Where it was stopped. */
  void remove(ServedPipeline served) {
    pipelines.remove(served);
    rest.remove(served.pipeline());
    PipelineMeters bound = measured.remove(served);
    if (bound != null) {
      bound.close();
    }
  }

  void add(ModelHost host) {
    modelMeters.add(host.runtime(), host::active);
    models.put(host.runtime().name(), host);
  }

  void remove(ModelHost host) {
    models.remove(host.runtime().name(), host);
    modelMeters.remove(host.runtime());
  }
}
