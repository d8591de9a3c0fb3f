package io.penstock.service;

import io.penstock.config.PenstockConfig;
import io.penstock.config.change.ConfigDifference;
import io.penstock.model.fitness.Fitness;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
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
  record Made(Map<String, ModelHost> models, Map<String, ServedPipeline> pipelines) {}

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
        discard(made);
      }
    }
  }

  /** Closes what was made and has not come into its place. */
  void discard(Made made) {
    made.models().values().stream()
        .filter(host -> !isHere(host))
        .forEach(it -> it.runtime().close());
  }

  private boolean isHere(ModelHost host) {
    return roster.models().get(host.runtime().name()) == host;
  }

  /**
   * Stops everything that does not stay as it is, as at the end of the service. A pipeline that
   * does not leave in time stays, and so does its model: neither may have another in its place yet.
   *
   * @return what did not stop, or not cleanly, a sentence each
   */
  List<String> retire(ConfigDifference difference) {
    StopSequence order = new StopSequence(System::nanoTime);
    Departure.addTo(order, new Retired(difference));
    return order.stop(Departure.ALL);
  }

  /** What a reload stops. */
  private final class Retired implements Departure.Leaving {

    private final List<ServedPipeline> pipelines;
    private final List<ModelHost> models;
    private final Set<ServedPipeline> drained = ConcurrentHashMap.newKeySet();

    Retired(ConfigDifference difference) {
      Set<String> pipelinesThatStay = difference.pipelines().unchanged();
      Set<String> modelsThatStay = difference.models().unchanged();
      this.pipelines =
          roster.pipelines().stream()
              .filter(served -> !pipelinesThatStay.contains(served.pipeline().name()))
              .toList();
      this.models =
          roster.models().values().stream()
              .filter(host -> !modelsThatStay.contains(host.runtime().name()))
              .toList();
    }

    @Override
    public String reason() {
      return "it is being removed or changed";
    }

    @Override
    public Collection<ServedPipeline> pipelines() {
      return pipelines;
    }

    @Override
    public Collection<ModelHost> models() {
      return models;
    }

    @Override
    public void shut(ModelHost model, Duration timeout) throws InterruptedException {
      doors.shut(model.runtime().name(), timeout);
    }

    @Override
    public void drain(ServedPipeline pipeline, Duration timeout) throws TimeoutException {
      pipeline.pipeline().leave(timeout);
      drained.add(pipeline);
    }

    @Override
    public void part(Duration timeout) throws InterruptedException, TimeoutException {
      onControlThread(this::part, timeout);
    }

    private void part() {
      for (ServedPipeline served : drained) {
        roster.models().values().forEach(host -> host.leave(served));
        roster.remove(served);
      }
      models.stream()
          .filter(host -> pipelines.stream().noneMatch(host::computesFor))
          .forEach(roster::remove);
    }

    @Override
    public void unload(ModelHost model, Duration timeout) {
      if (!isHere(model)) {
        model.runtime().close(timeout);
      }
    }
  }

  /**
   * Sets to work what was made, but for what would take the place of something that has not left.
   */
  void introduce(PenstockConfig next, Made made, ConfigDifference difference)
      throws InterruptedException, TimeoutException {
    Made free = free(next, made, difference);
    onControlThread(() -> join(next, free, difference), Departure.FLEET);
    for (ModelHost host : free.models().values()) {
      doors.open(host);
      fleet.follow(host);
      host.runtime().start();
    }
  }

  private Made free(PenstockConfig next, Made made, ConfigDifference difference) {
    Made free = new Made(new LinkedHashMap<>(made.models()), new LinkedHashMap<>(made.pipelines()));
    free.models().keySet().removeAll(roster.models().keySet());
    roster.pipelines().forEach(served -> free.pipelines().remove(served.pipeline().name()));
    free.pipelines()
        .keySet()
        .removeIf(
            name -> {
              String model = next.pipeline(name).model();
              return !free.models().containsKey(model)
                  && !difference.models().unchanged().contains(model);
            });
    for (ServedPipeline served : made.pipelines().values()) {
      if (!free.pipelines().containsValue(served)) {
        free.models().values().forEach(host -> host.leave(served));
      }
    }
    return free;
  }

  private void join(PenstockConfig next, Made made, ConfigDifference difference) {
    made.models().values().forEach(roster::add);
    for (ServedPipeline served : made.pipelines().values()) {
      roster.add(served);
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

  private Optional<ModelHost> host(String name) {
    return Optional.ofNullable(roster.models().get(name));
  }

  private static String modelOf(PenstockConfig config, ServedPipeline served) {
    return config.pipeline(served.pipeline().name()).model();
  }

  private void onControlThread(Runnable steps, Duration timeout)
      throws InterruptedException, TimeoutException {
    Change change = new Change(steps);
    try {
      fleet.replaceModels(change).get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the models could not be replaced: " + e.getCause(), e);
    } catch (TimeoutException e) {
      throw new TimeoutException(
          "the control thread has not replaced the models within %s (see the log for what it waits for)"
              .formatted(timeout));
    } finally {
      change.callOff();
    }
  }

  /** Steps that are taken before they are called off, or never. Thread-safe, by its monitor. */
  private static final class Change implements Runnable {

    private final Runnable steps;
    private boolean isCalledOff;

    Change(Runnable steps) {
      this.steps = steps;
    }

    @Override
    public synchronized void run() {
      if (!isCalledOff) {
        steps.run();
      }
    }

    synchronized void callOff() {
      isCalledOff = true;
    }
  }
}
