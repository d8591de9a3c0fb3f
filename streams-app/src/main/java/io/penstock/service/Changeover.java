package io.penstock.service;

import io.penstock.config.PenstockConfig;
import io.penstock.config.change.ConfigDifference;
import io.penstock.model.fitness.Fitness;
import io.penstock.streams.Pipeline;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Changes models and pipelines while the others go on, in three steps: what comes is {@linkplain
 * #make made}, so that what cannot be made changes nothing; what leaves is {@linkplain #retire
 * stopped} as at an orderly stop of the service; then what was made {@linkplain #introduce takes
 * its place}. Not thread-safe: one at a time.
 */
final class Changeover {

  private final Workshop workshop;
  private final Roster roster;
  private final Fleet fleet;
  private final Doors doors;

  Changeover(Workshop workshop, Roster roster, Fleet fleet, Doors doors) {
    this.workshop = workshop;
    this.roster = roster;
    this.fleet = fleet;
    this.doors = doors;
  }

  /** The control plane, as far as it has to know. */
  interface Fleet {

    /** See {@link io.penstock.control.kafka.ControlPlane#replaceModels}. */
    CompletableFuture<Void> replaceModels(Runnable change);

    /** A model that is new here: what becomes of its versions is reported and measured. */
    void follow(ModelHost host);
  }

  /** Where requests for models come in. */
  interface Doors {

    /** Where none do. */
    Doors NONE =
        new Doors() {
          @Override
          public void open(ModelHost host) {}

          @Override
          public void shut(String model, Duration timeout) {}
        };

    void open(ModelHost host);

    /** Answers what was taken, within that time. */
    void shut(String model, Duration timeout) throws InterruptedException;
  }

  /**
   * What a configuration adds, at rest.
   *
   * @param models by name
   * @param pipelines by name
   */
  record Made(Map<String, ModelHost> models, Map<String, ServedPipeline> pipelines) {

    /** Nothing comes of it. */
    void discard() {
      models.values().forEach(host -> host.runtime().close());
    }
  }

  /**
   * Of the pipelines that come, those whose model serves nothing yet that they could be tried with.
   */
  Set<String> untried(PenstockConfig next, ConfigDifference difference) {
    return difference.pipelines().coming().stream()
        .filter(name -> whatServes(next.pipeline(name).model(), difference).isEmpty())
        .collect(Collectors.toSet());
  }

  /** A model that stays, if it serves. */
  private Optional<ModelHost> whatServes(String model, ConfigDifference difference) {
    return host(model)
        .filter(host -> difference.models().unchanged().contains(model))
        .filter(ModelHost::serves);
  }

  /**
   * Makes what is added, and anew what is changed. A pipeline has to suit what its model serves.
   *
   * @throws RuntimeException if something cannot be made, or does not suit, with a message for the
   *     operator; nothing of it is left
   */
  Made make(PenstockConfig next, ConfigDifference difference) {
    Made made = new Made(new LinkedHashMap<>(), new LinkedHashMap<>());
    boolean complete = false;
    try {
      for (String name : difference.pipelines().coming()) {
        ServedPipeline served = workshop.pipeline(next, name);
        whatServes(next.pipeline(name).model(), difference)
            .ifPresent(host -> host.requireSuits(served));
        made.pipelines().put(name, served);
      }
      for (String name : difference.models().coming()) {
        List<ServedPipeline> users =
            made.pipelines().values().stream()
                .filter(served -> modelOf(next, served).equals(name))
                .toList();
        made.models().put(name, workshop.model(next, name, users));
      }
      complete = true;
      return made;
    } finally {
      if (!complete) {
        made.discard();
      }
    }
  }

  /** Stops what is removed or changed, as {@link PenstockService} stops everything. */
  void retire(PenstockConfig now, ConfigDifference difference) {
    List<ServedPipeline> pipelines =
        roster.pipelines().stream()
            .filter(served -> difference.pipelines().leaving().contains(served.pipeline().name()))
            .toList();
    List<ModelHost> models =
        difference.models().leaving().stream().flatMap(name -> host(name).stream()).toList();
    StopSequence order = new StopSequence(System::nanoTime);
    order.stage(PenstockService.MODELS_STOP);
    models.forEach(host -> order.add("model " + host.runtime().name(), host.runtime()::close));
    order.stage(PenstockService.CONTROL_STOP);
    order.add(
        "part in the fleet",
        timeout -> await(fleet.replaceModels(() -> part(now, pipelines, models)), timeout));
    order.stage(PenstockService.PIPELINES_STOP);
    pipelines.forEach(
        served -> order.add("pipeline " + served.pipeline().name(), served.pipeline()::leave));
    order.stage(PenstockService.OTHERS_STOP);
    order.add("records", timeout -> pipelines.forEach(Changeover::takeNoMore));
    models.forEach(
        host ->
            order.add(
                "requests " + host.runtime().name(),
                timeout -> doors.shut(host.runtime().name(), timeout)));
    order.stop(PenstockService.STOP_TIMEOUT);
  }

  private void part(PenstockConfig now, List<ServedPipeline> pipelines, List<ModelHost> models) {
    for (ServedPipeline served : pipelines) {
      host(modelOf(now, served)).ifPresent(host -> host.leave(served));
      roster.remove(served);
    }
    models.forEach(roster::remove);
  }

  private static void takeNoMore(ServedPipeline served) {
    served.pipeline().pause(Pipeline.Pause.STOPPING, "it is being removed or changed");
  }

  /** Sets to work what was made, once what it takes the place of has stopped. */
  void introduce(PenstockConfig next, Made made, ConfigDifference difference)
      throws InterruptedException, TimeoutException {
    made.pipelines().values().forEach(roster::add);
    await(fleet.replaceModels(() -> join(next, made, difference)), PenstockService.CONTROL_STOP);
    for (ModelHost host : made.models().values()) {
      doors.open(host);
      fleet.follow(host);
      host.runtime().start();
    }
  }

  private void join(PenstockConfig next, Made made, ConfigDifference difference) {
    made.models().values().forEach(roster::add);
    for (ServedPipeline served : made.pipelines().values()) {
      String model = modelOf(next, served);
      if (!made.models().containsKey(model)) {
        host(model).ifPresent(host -> host.join(served));
      }
    }
    for (String name : difference.models().unchanged()) {
      Fitness fitness = ModelFactory.fitness(next, name);
      host(name).ifPresent(host -> host.runtime().require(fitness));
    }
  }

  /** Empty of one that an earlier reload has failed to bring. */
  private Optional<ModelHost> host(String name) {
    return Optional.ofNullable(roster.models().get(name));
  }

  private static String modelOf(PenstockConfig config, ServedPipeline served) {
    return config.pipeline(served.pipeline().name()).model();
  }

  private static void await(CompletableFuture<Void> change, Duration timeout)
      throws InterruptedException, TimeoutException {
    try {
      change.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the models could not be replaced: " + e.getCause(), e);
    }
  }
}
