package io.penstock.metrics;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import io.penstock.batching.InFlightBudget;
import io.penstock.control.PromotionCounts;
import io.penstock.inference.InferenceThreads;
import io.penstock.model.memory.NativeMemory;
import io.penstock.registry.RequestListener;
import java.util.Collection;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The meters of what a process has once. */
public final class InstanceMeters {

  private static final String STATE = "state";

  private final ServiceMeters meters;

  public InstanceMeters(ServiceMeters meters) {
    this.meters = meters;
  }

  /** What all pipelines have in flight together. */
  public void add(InFlightBudget budget) {
    meters.gauge(Metric.ROWS_IN_FLIGHT, Tags.empty(), budget, InFlightBudget::usedRows);
    meters.gauge(Metric.BYTES_IN_FLIGHT, Tags.empty(), budget, InFlightBudget::usedBytes);
  }

  /** The inference threads. */
  public void add(InferenceThreads threads) {
    Metric metric = Metric.INFERENCE_THREADS;
    meters.gauge(metric, Tags.of(STATE, "busy"), threads, InferenceThreads::busyThreads);
    meters.gauge(metric, Tags.of(STATE, "idle"), threads, InferenceThreads::idleThreads);
    meters.gauge(metric, Tags.of(STATE, "abandoned"), threads, InferenceThreads::abandonedThreads);
  }

  /** Native memory, and that of the process. */
  public void add(NativeMemory memory) {
    meters.gauge(Metric.NATIVE_MEMORY, Tags.empty(), memory, NativeMemory::bookedBytes);
    memory
        .limitBytes()
        .ifPresent(
            bytes ->
                meters.gauge(Metric.NATIVE_MEMORY_LIMIT, Tags.empty(), bytes, Long::doubleValue));
    if (memory.residentBytes().isPresent()) {
      meters.gauge(
          Metric.RESIDENT_MEMORY, Tags.empty(), memory, now -> now.residentBytes().orElseThrow());
    }
  }

  /**
   * The part in the control plane.
   *
   * @param states all that there are
   */
  public void addControlPlane(Collection<String> states, Supplier<String> state) {
    for (String each : states) {
      meters.gauge(
          Metric.CONTROL_STATE, Tags.of(STATE, each), state, now -> now.get().equals(each) ? 1 : 0);
    }
  }

  /** Promotions of a model. */
  public void add(PromotionCounts promotions, String model) {
    for (PromotionCounts.Step step : PromotionCounts.Step.values()) {
      meters.counter(
          Metric.PROMOTIONS,
          Tags.of("model", model, "step", label(step)),
          promotions,
          counts -> counts.count(model, step));
    }
  }

  /** Whoever measures requests to the registry. */
  public RequestListener registry() {
    Map<RequestListener.Outcome, Timer> requests = new EnumMap<>(RequestListener.Outcome.class);
    for (RequestListener.Outcome outcome : RequestListener.Outcome.values()) {
      requests.put(
          outcome, meters.timer(Metric.REGISTRY_REQUESTS, Tags.of("outcome", label(outcome))));
    }
    return (outcome, nanos) ->
        Objects.requireNonNull(requests.get(outcome)).record(nanos, TimeUnit.NANOSECONDS);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
