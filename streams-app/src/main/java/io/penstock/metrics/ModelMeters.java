package io.penstock.metrics;

import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import io.penstock.model.lifecycle.ModelRuntime;
import io.penstock.model.lifecycle.VersionState;
import io.penstock.model.lifecycle.VersionStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;

/** The meters of all models: versions come and go. */
public final class ModelMeters {

  private static final String MODEL = "model";
  private static final String VERSION = "version";
  private static final String RESULT = "result";

  private final ServiceMeters meters;
  private final MultiGauge states;
  private final MultiGauge active;
  private final MultiGauge loadTimes;
  private final MultiGauge warmUps;
  private final MultiGauge leases;
  private final List<Model> models = new CopyOnWriteArrayList<>();

  /**
   * @param active the version that serves here
   */
  private record Model(ModelRuntime runtime, Supplier<Optional<Long>> active) {

    Tags labels(long version) {
      return Tags.of(MODEL, runtime.name(), VERSION, Long.toString(version));
    }
  }

  /** Meters of no models yet. */
  public ModelMeters(ServiceMeters meters) {
    this.meters = meters;
    this.states = meters.gauges(Metric.VERSION_STATE);
    this.active = meters.gauges(Metric.ACTIVE_VERSION);
    this.loadTimes = meters.gauges(Metric.LOAD_TIME);
    this.warmUps = meters.gauges(Metric.WARM_UP_TIME);
    this.leases = meters.gauges(Metric.LEASES);
    meters.beforeScrape(this::refresh);
  }

  /**
   * Adds a model to what is measured.
   *
   * @param activeVersion the version that serves here
   */
  public void add(ModelRuntime runtime, Supplier<Optional<Long>> activeVersion) {
    Tags model = Tags.of(MODEL, runtime.name());
    AtomicLong loaded = new AtomicLong();
    meters.counter(Metric.LOADS, model.and(RESULT, "available"), loaded, AtomicLong::get);
    meters.counter(Metric.LOADS, model.and(RESULT, "failed"), runtime, ModelRuntime::failedLoads);
    runtime.addListener(
        status -> {
          if (status.state() == VersionState.AVAILABLE) {
            loaded.incrementAndGet();
          }
        });
    models.add(new Model(runtime, activeVersion));
  }

  /** No longer measures a model, nor anything else that has its name for a label. */
  public void remove(ModelRuntime runtime) {
    models.removeIf(model -> model.runtime() == runtime);
    meters.forget(MODEL, runtime.name());
  }

  private void refresh() {
    List<MultiGauge.Row<?>> stateRows = new ArrayList<>();
    List<MultiGauge.Row<?>> activeRows = new ArrayList<>();
    List<MultiGauge.Row<?>> loadTimeRows = new ArrayList<>();
    List<MultiGauge.Row<?>> warmUpRows = new ArrayList<>();
    List<MultiGauge.Row<?>> leaseRows = new ArrayList<>();
    for (Model model : models) {
      for (VersionStatus status : model.runtime().statuses().values()) {
        Tags version = model.labels(status.id().version());
        stateRows.add(MultiGauge.Row.of(version.and("state", status.state().name()), 1));
      }
      model.active().get().ifPresent(it -> activeRows.add(MultiGauge.Row.of(model.labels(it), 1)));
      model
          .runtime()
          .loadTimes()
          .forEach(
              (version, took) ->
                  loadTimeRows.add(MultiGauge.Row.of(model.labels(version), took.toNanos() / 1e9)));
      model
          .runtime()
          .warmUps()
          .forEach(
              (version, report) ->
                  warmUpRows.add(
                      MultiGauge.Row.of(model.labels(version), report.total().toNanos() / 1e9)));
      model
          .runtime()
          .leases()
          .forEach(
              (version, held) -> leaseRows.add(MultiGauge.Row.of(model.labels(version), held)));
    }
    states.register(stateRows, true);
    active.register(activeRows, true);
    loadTimes.register(loadTimeRows, true);
    warmUps.register(warmUpRows, true);
    leases.register(leaseRows, true);
  }
}
