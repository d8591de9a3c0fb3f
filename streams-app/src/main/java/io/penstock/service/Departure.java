package io.penstock.service;

import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The one order in which pipelines and models stop, be it all of them or those that a reload
 * removes. Pipelines take no more records and models no more requests; then pipelines drain and
 * commit, on leases of the version that serves. Only then does the instance leave the fleet, which
 * waits for it until then: an activation that did not would be missed by records that are taken on
 * the way out. Models unload last.
 */
final class Departure {

  /** For what has nothing to wait for, and for requests. */
  static final Duration REST = Duration.ofSeconds(5);

  static final Duration PIPELINES = Duration.ofSeconds(30);
  static final Duration FLEET = Duration.ofSeconds(15);
  static final Duration MODELS = Duration.ofSeconds(25);

  /** Within which everything has stopped, whatever hangs. */
  static final Duration ALL = REST.plus(PIPELINES).plus(FLEET).plus(MODELS);

  private Departure() {}

  /** Who leaves, and how. Called on threads of a {@link StopSequence}. */
  interface Leaving {

    /** Why, for the pipelines' state. */
    String reason();

    /** Those that there are when it is their turn. */
    Collection<ServedPipeline> pipelines();

    /** The same. */
    Collection<ModelHost> models();

    /** Answers the requests for a model that were taken, and takes no more. */
    void shut(ModelHost model, Duration timeout) throws Exception;

    /** Drains a pipeline. */
    void drain(ServedPipeline pipeline, Duration timeout) throws Exception;

    /** Leaves the fleet. */
    void part(Duration timeout) throws Exception;

    /** Unloads a model. */
    void unload(ModelHost model, Duration timeout) throws Exception;
  }

  /** Adds its stages, as the newest. */
  static void addTo(StopSequence order, Leaving leaving) {
    order.stage(MODELS);
    order.addAll(() -> each("model ", leaving.models(), Departure::name, leaving::unload));
    order.stage(FLEET);
    order.add("part in the fleet", leaving::part);
    order.stage(PIPELINES);
    order.addAll(() -> each("pipeline ", leaving.pipelines(), Departure::name, leaving::drain));
    order.stage(REST);
    order.add("records", timeout -> leaving.pipelines().forEach(it -> takeNoMore(it, leaving)));
    order.addAll(() -> each("requests ", leaving.models(), Departure::name, leaving::shut));
  }

  private static void takeNoMore(ServedPipeline served, Leaving leaving) {
    served.pipeline().pause(Pipeline.Pause.STOPPING, leaving.reason());
  }

  private static String name(ServedPipeline served) {
    return served.pipeline().name();
  }

  private static String name(ModelHost model) {
    return model.runtime().name();
  }

  /** A part of a stage for each of those that leave. */
  private static <T> Map<String, StopSequence.Stop> each(
      String kind, Collection<T> leaving, Function<T, String> name, Step<T> step) {
    Map<String, StopSequence.Stop> parts = new LinkedHashMap<>();
    leaving.forEach(one -> parts.put(kind + name.apply(one), timeout -> step.within(one, timeout)));
    return parts;
  }

  /** What one of them has to do. */
  @FunctionalInterface
  private interface Step<T> {
    void within(T one, Duration timeout) throws Exception;
  }
}
