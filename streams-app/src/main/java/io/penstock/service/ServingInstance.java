package io.penstock.service;

import io.penstock.control.Activation;
import io.penstock.control.Holdings;
import io.penstock.control.Instance;
import io.penstock.control.ServedModel;
import io.penstock.model.ModelException;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** This process, as the control plane sees it: its models by name. */
final class ServingInstance implements Instance {

  private static final Logger log = LoggerFactory.getLogger(ServingInstance.class);

  private final Map<String, ModelHost> models;
  private final StaleRest rest;
  private final ControlHealth health;
  private final FleetKnowledge knowledge;
  private final Supplier<String> configuration;

  /**
   * An instance with those models.
   *
   * @param models as of now: they come and go on the control thread
   * @param rest the pipelines that rest while the decisions are not known
   * @param health is told how far the decisions are known
   * @param knowledge is told until when, for requests
   * @param configuration the fingerprint of the one that holds
   */
  ServingInstance(
      Map<String, ModelHost> models,
      StaleRest rest,
      ControlHealth health,
      FleetKnowledge knowledge,
      Supplier<String> configuration) {
    this.models = models;
    this.rest = rest;
    this.health = health;
    this.knowledge = knowledge;
    this.configuration = configuration;
  }

  @Override
  public void stale(String reason) {
    health.stale(reason);
    int pausing = rest.begin(reason);
    log.warn("cut off from the fleet's decisions pausing={} reason={}", pausing, reason);
  }

  @Override
  public void current() {
    log.info("following the fleet's decisions again");
    rest.end();
    health.following();
  }

  @Override
  public void known(long nanos) {
    knowledge.known(nanos);
    rest.known(nanos);
  }

  @Override
  public void defect(String model, RuntimeException cause) {
    log.error("what is decided could not be done, it is tried again model={}", model, cause);
  }

  @Override
  public CompletionStage<Void> prepare(String model, long version, Map<String, String> manifest) {
    return with(model, host -> host.prepare(version, manifest));
  }

  @Override
  public CompletionStage<Void> resume(String model, long version, Map<String, String> manifest) {
    return with(model, host -> host.resume(version, manifest));
  }

  private CompletionStage<Void> with(
      String model, Function<ModelHost, CompletionStage<Void>> request) {
    ModelHost host = models.get(model);
    return host == null
        ? CompletableFuture.failedFuture(
            new ModelException("model " + model + " is not configured on this instance"))
        : request.apply(host);
  }

  @Override
  public void holdBack(String model, @Nullable Instant from) {
    tell(model, host -> host.holdBack(from));
  }

  @Override
  public void activate(String model, Activation activation) {
    tell(model, host -> host.activate(activation));
  }

  @Override
  public void abandon(String model, long version) {
    tell(model, host -> host.abandon(version));
  }

  @Override
  public void hold(String model, Holdings holdings) {
    tell(model, host -> host.hold(holdings));
  }

  @Override
  public void suspend(String model, String reason) {
    tell(model, host -> host.suspend(reason));
  }

  @Override
  public void withdraw(String model, String reason) {
    tell(model, host -> host.withdraw(reason));
  }

  @Override
  public void fallback(String model, String outlook) {
    tell(model, host -> host.fallback(outlook));
  }

  private void tell(String model, Consumer<ModelHost> what) {
    ModelHost host = models.get(model);
    if (host != null) {
      what.accept(host);
    }
  }

  @Override
  public String configuration() {
    return configuration.get();
  }

  @Override
  public Map<String, ServedModel> models() {
    return models.entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> entry.getValue().describe()));
  }
}
